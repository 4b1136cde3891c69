"""What BentoML's adaptive batching could save, and what it costs (decision 0054).

Processor time of a text when so many are judged together, by the models that the benchmarks of the
service train; then requests a second of an API that judges nothing, batchable beside plain, one
text a request, in turns. ROUNDS=3 and SECONDS=1 set how long each is measured.
"""

import os
import statistics
import time
from collections import defaultdict

from threadpoolctl import threadpool_limits

from benchmarks._load import Load, load
from benchmarks._served import TRAINED, World, serving, texts, world

TOGETHER = (1, 2, 4, 8, 32)
CONNECTIONS = (1, 8, 32)


def run() -> dict[str, object]:
    rounds = int(os.environ.get("ROUNDS", "3"))
    seconds = float(os.environ.get("SECONDS", "1"))
    with world() as here:
        return {"microseconds_a_text": processor_time(), **cost(here, rounds, seconds)}


def processor_time() -> dict[str, dict[str, float]]:
    from satispy.registry import pointer
    from satispy.registry.store import ModelStore
    from satispy.storage import Store

    models = ModelStore(TRAINED / "bentoml")
    pool = texts(640)
    print("microseconds of a text, so many at once   " + "".join(f"{n:>8}" for n in TOGETHER))
    found: dict[str, dict[str, float]] = {}
    serving = pointer.read(Store.folder(TRAINED / "bucket")).families
    with threadpool_limits(1):  # as the service: threads that wait for each other would count
        for family, production in serving.items():
            model = models.load(production.tag)
            model.predict(pool)
            found[family] = {}
            for together in TOGETHER:
                begin = time.process_time()
                for start in range(0, len(pool), together):
                    model.predict(pool[start : start + together])
                found[family][str(together)] = (time.process_time() - begin) / len(pool) * 1e6
            print(f"  {family:39} " + "".join(f"{us:8.0f}" for us in found[family].values()))
    return found


def cost(here: World, rounds: int, seconds: float) -> dict[str, object]:
    body: list[dict[str, object]] = [{"texts": ["livraison rapide"]}]
    measured: dict[tuple[str, int], list[Load]] = defaultdict(list)
    with (
        serving(here, "benchmarks._noop:Plain") as (plain, _, _),
        serving(here, "benchmarks._noop:Batched") as (batched, _, _),
    ):
        for connections in CONNECTIONS:
            for _ in range(rounds):
                for name, url in (("plain", plain), ("batched", batched)):
                    measured[name, connections].append(load(url, body, connections, seconds))
    print("\nconnections   requests/s: plain   batchable    ratio   refused")
    ratios: dict[str, float] = {}
    refused: dict[str, int] = {}
    for connections in CONNECTIONS:
        rates = [
            statistics.median(each.rate for each in measured[name, connections])
            for name in ("plain", "batched")
        ]
        ratios[str(connections)] = rates[1] / rates[0]
        refused[str(connections)] = sum(each.failed for each in measured["batched", connections])
        print(
            f"{connections:11}   {rates[0]:17.0f}   {rates[1]:9.0f}   {rates[1] / rates[0]:6.2f}"
            f"   {refused[str(connections)]:7}"
        )
    return {"ratio_of_batchable_to_plain": ratios, "refused": refused}
