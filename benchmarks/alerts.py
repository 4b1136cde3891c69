"""Alerts on the laptop's real stack: how soon they are told, what kills lose, what repeats make.

Told: each kind that is an event, to a signed webhook, Slack's and Teams' forms, a mail server and a
queue that has subscribed to the topic (SNS). Killed: KILLS (20) times the app or LocalStack gets
SIGKILL at a random moment after facts were stored, from SEED; lost is an alert that a channel never
got. SNS counts by what the topic confirmed: a LocalStack that is killed forgets who subscribed.
Repeated: 100 runs in a row with the same trouble, found by the app and by rivals.
"""

import math
import os
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import _told
from benchmarks._heal import kill, up
from benchmarks._told import Receivers, until
from infra import environment
from infra.stack import Stack
from satispy.alerts import book
from satispy.alerts.facts import Code
from satispy.alerts.telling import Lookout
from satispy.settings import Settings
from satispy.storage import Store
from tests.own_stack import stack_in

REPEATS = 100
SETTLE_SECONDS = 120.0


def run() -> dict[str, Any]:
    kills = int(os.environ.get("KILLS", "20"))
    seed = int(os.environ.get("SEED", "20"))
    with tempfile.TemporaryDirectory() as folder:
        stack = stack_in(Path(folder) / "home")
        try:
            stack.up()
            for name, value in environment.read(stack.home).items():
                os.environ[name] = value
            return measure(stack, kills, random.Random(seed))
        finally:
            stack.down()


def measure(
    stack: Stack, kills: int, chance: random.Random, repeats: int = REPEATS
) -> dict[str, Any]:
    """On a stack that is up, to which this process speaks, and in which nothing is trained."""
    settings = Settings()
    store = Store.bucket(settings)
    with _told.made_up_facts(settings, store), _told.receivers(stack.home, settings) as told:
        delivered = _delivered(settings, store, told)
        for name, seconds in sorted(delivered.items(), key=lambda each: -each[1]):
            print(f"  {name:40} {seconds:5.1f} s")
        incidents = _repeated(settings, store, told, repeats)
        print(f"  {repeats} repeats: {incidents} incident(s)")
        lost, after_up = _killed(stack, store, told, kills, chance)
        unsigned = told.unsigned()
    print(f"  {kills} kills: lost {len(lost)} {' '.join(lost[:5])}")
    return {
        "delivered_s": round(max(delivered.values()), 1),
        "lost": len(lost),
        "repeats": repeats,
        "incidents": incidents,
        "kills": kills,
        "told_after_up_s": round(max(after_up, default=0.0), 1),
        "unsigned": unsigned,
        "delivered": {name: round(seconds, 1) for name, seconds in delivered.items()},
    }


def _delivered(settings: Settings, store: Store, told: Receivers) -> dict[str, float]:
    """Seconds from a stored fact to its receipt, by kind and channel."""
    kinds: list[tuple[Callable[[], None], dict[Code, str]]] = [
        (
            lambda: _told.report(store, 1, "benchm", "Benchi", "benchd"),
            {Code.REQUIREMENT_MISSED: "benchm", Code.INCIDENT: "benchi", Code.DRIFT: "benchd"},
        ),
        (lambda: _told.failed(store, "v00077"), {Code.RETRAIN_FAILED: "v00077"}),
        (lambda: _told.stuck(store, "v00088"), {Code.RETRAIN_STUCK: "v00088"}),
        (lambda: _told.dead_letter(settings), {Code.DEAD_LETTERS: "dead-letters"}),
    ]
    stored: dict[tuple[Code, str], float] = {}
    for make, words in kinds:
        make()
        stored |= dict.fromkeys(words.items(), time.monotonic())
    # Of a failed retrain the state machine tells the topic, with the error.
    wanted = [
        (code, word, channel)
        for code, word in stored
        for channel in (*_told.CHANNELS, "sns")
        if (code, channel) != (Code.RETRAIN_FAILED, "sns")
    ]
    until(lambda: all(channel in told.heard(word) for _, word, channel in wanted), SETTLE_SECONDS)
    return {
        f"{code} → {channel}": told.heard(word).get(channel, math.inf) - stored[code, word]
        for code, word, channel in wanted
    }


def _repeated(settings: Settings, store: Store, told: Receivers, repeats: int) -> int:
    """How many incidents so many runs with the same trouble are."""

    def again(number: int) -> None:
        _told.report(store, 100 + number, "benchr", "Benchr")
        rival = Lookout(settings, store)
        rival.look()
        rival.tell()

    with ThreadPoolExecutor(2) as rivals:
        list(rivals.map(again, range(repeats)))
    until(lambda: {*_told.CHANNELS, "sns"} <= told.heard("benchr").keys(), SETTLE_SECONDS)
    known = book.read(store)
    raised = [
        each
        for each in (*known.open, *known.resolved)
        if each.code == Code.REQUIREMENT_MISSED and each.subject == "benchr"
    ]
    ids = told.ids('"subject": "benchr"')
    print(f"  found {raised[0].times if raised else 0} times; {len(ids)} id(s)")
    return max(len(raised), len(ids))


def _killed(
    stack: Stack, store: Store, told: Receivers, kills: int, chance: random.Random
) -> tuple[list[str], list[float]]:
    """What no channel was told of, and how long after `up` the last came, for each kill."""
    words: list[str] = []
    after: list[float] = []
    for number in range(kills):
        missed, company = f"benchk{number:03}x", f"Benchc{number:03}x"
        words += [missed, company]
        _told.report(store, 1000 + number, missed, company)
        time.sleep(chance.uniform(0, 3))
        victim = kill(stack, ("app", "localstack")[number % 2])
        trouble = up(stack)
        well = time.monotonic()
        if victim == "localstack":
            told.subscribe(Settings())
        came = until(
            lambda m=missed, c=company: _unheard(told, [m, c]) == [],  # type: ignore[misc]
            SETTLE_SECONDS,
        )
        last = max(max(told.heard(each).values(), default=0) for each in (missed, company))
        after.append(max(0.0, last - well))
        print(
            f"  {number + 1:3} {victim:10} told {last - well:6.1f} s after up {trouble}", flush=True
        )
        if not came:
            break
    return _unheard(told, words) + _unconfirmed(store, words), after


def _unheard(told: Receivers, words: list[str]) -> list[str]:
    return [
        f"{word}→{channel}"
        for word in words
        for channel in sorted(set(_told.CHANNELS) - told.heard(word).keys())
    ]


def _unconfirmed(store: Store, words: list[str]) -> list[str]:
    """Those of the newest that the topic did not confirm."""
    until(lambda: not _lacking(store), SETTLE_SECONDS)
    return [f"{each}→topic" for each in _lacking(store) if any(w in each for w in words)]


def _lacking(store: Store) -> list[str]:
    known = book.read(store)
    return [each.key for each in (*known.open, *known.resolved) if "topic" not in each.told]
