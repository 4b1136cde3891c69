"""What travels between the steps of a retrain: the state machine's own document, run with the real
handlers, on a dataset of ten thousand uploads."""

import datetime as dt
import hashlib
import json
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from functions import alerts, prepare, publish, take_turn, train
from infra.parts import ROOT
from satispy.promotion.verdict import NAMED_UPLOADS
from satispy.reports import store as reports
from satispy.reviews import ReviewTable
from satispy.reviews.stored import StoredReview
from satispy.settings import Settings
from satispy.storage import Store

UPLOADS = 10_000
#: Step Functions ends an execution, uncaught, whose state is longer than 256 KB.
MOST = 4096
PRAISE = ("livraison rapide", "très contente", "parfait", "super produit", "je recommande ce site")
BLAME = ("jamais reçu", "produit nul", "aucune réponse de la boutique", "arnaque", "très déçu")
Handler = Callable[[Any, Any], Any]
HANDLERS: dict[str, Handler] = {
    "${TakeTurn}": take_turn.handler,
    "${Prepare}": prepare.handler,
    "${Train}": train.handler,
    "${Publish}": publish.handler,
    "${TellAlerts}": alerts.handler,
}


class Execution:
    """Of infra/retrain.asl.json: the states and paths that it uses, and no others."""

    def __init__(self, run: str, given: dict[str, Any]) -> None:
        self.context = {
            "Execution": {
                "Name": run,
                "Input": given,
                "StartTime": dt.datetime.now(dt.UTC).isoformat(),
            }
        }
        #: Bytes of the largest input, payload, answer or output of each state.
        self.largest: dict[str, int] = {}

    def walk(self, machine: dict[str, Any], state: Any, context: dict[str, Any]) -> Any:
        name = machine["StartAt"]
        while True:
            self.measure(name, state)
            step = machine["States"][name]
            state, following = self.step(name, step, state, context)
            self.measure(name, state)
            if step.get("End") or step["Type"] == "Succeed":
                return state
            name = following or step["Next"]

    def step(
        self, name: str, step: dict[str, Any], state: Any, context: dict[str, Any]
    ) -> tuple[Any, str | None]:
        match step["Type"]:
            case "Succeed":
                return state, None
            case "Choice":
                value = self.at("$.gate.turn", state, context)
                taken = [each["Next"] for each in step["Choices"] if each["StringEquals"] == value]
                return state, (taken or [step["Default"]])[0]
            case "Map":
                answer: Any = []
                for item in self.at(step["ItemsPath"], state, context):
                    inside = {**context, "Map": {"Item": {"Value": item}}}
                    given = self.filled(step["ItemSelector"], state, inside)
                    answer.append(self.walk(step["ItemProcessor"], given, inside))
            case "Task":
                task = self.filled(step["Parameters"], state, context)
                self.measure(name, task["Payload"])
                said = json.loads(json.dumps(HANDLERS[task["FunctionName"]](task["Payload"], None)))
                answer = {"Payload": said}
                self.measure(name, answer)
                if "ResultSelector" in step:
                    answer = self.filled(step["ResultSelector"], answer, context)
            case other:
                raise AssertionError(f"{name} is a {other}")
        place = step.get("ResultPath", "$")
        if place == "$":
            state = answer
        elif place is not None:
            state = {**state, place.removeprefix("$."): answer}
        return self.at(step.get("OutputPath", "$"), state, context), None

    def filled(self, template: Any, state: Any, context: dict[str, Any]) -> Any:
        if not isinstance(template, dict):
            return template
        return {
            key.removesuffix(".$"): self.at(value, state, context)
            if key.endswith(".$")
            else self.filled(value, state, context)
            for key, value in template.items()
        }

    def at(self, path: str, state: Any, context: dict[str, Any]) -> Any:
        if path.startswith("States.Array"):
            return re.findall(r"'(\w+)'", path)
        if path.startswith("States.StringToJson"):
            return 1
        found = context if path.startswith("$$") else state
        for name in path.split(".")[1:]:
            found = found[name]
        return found

    def measure(self, name: str, value: Any) -> None:
        size = len(json.dumps(value, separators=(",", ":")).encode())
        self.largest[name] = max(size, self.largest.get(name, 0))


def upload_name(number: int) -> str:
    return f"2026-01-05_export-des-avis-de-la-boutique-{number:05d}"


def of_ten_thousand_uploads(store: Store) -> int:
    def review(number: int) -> StoredReview:
        good = number % 3 > 0
        words = PRAISE if good else BLAME
        return StoredReview(
            id=hashlib.blake2b(str(number).encode(), digest_size=16).digest(),
            comment=f"{words[number % 5]} et {words[number // 5 % 5]} du {number % 40}",
            star=5 if good else 1,
            source="TrustPilot",
            company="ShowRoom",
            number=None,
            date="2026-01-05",
            dated=True,
            extra=None,
            upload=upload_name(number),
            put=str(number),
            line=2,
        )

    table = ReviewTable(store)
    table.ensure()
    return table.append([review(number) for number in range(UPLOADS)], {})


@pytest.mark.timeout(300)
def test_the_state_of_a_retrain_is_small_however_many_uploads_there_are(aws, monkeypatch, tmp_path):
    monkeypatch.setenv("SATISPY_BENTOML_HOME", str(tmp_path))
    monkeypatch.setenv("SATISPY_PRIMER", "false")
    small = {
        "gbc": {"members": 2, "trees": 20, "min_df": 2, "min_rows": 2},
        "ann": {"members": 2, "epochs": 3, "hidden": [8]},
    }
    monkeypatch.setenv("SATISPY_PARAMETERS", json.dumps(small))
    store = Store.bucket(Settings())
    version = of_ten_thousand_uploads(store)
    run = f"v{version:05d}"
    given = {"dataset_version": version, "run": run, "dataset": ReviewTable(store).id()}
    execution = Execution(run, given)
    machine = json.loads((ROOT / "infra/retrain.asl.json").read_text())

    execution.walk(machine, given, execution.context)

    name, size = max(execution.largest.items(), key=lambda each: each[1])
    sys.stdout.write(f"largest state with {UPLOADS} uploads: {size} bytes, at {name}\n")
    assert size <= MOST, execution.largest
    told = reports.read(store, run)
    assert told.upload_count == UPLOADS
    assert told.uploads == [upload_name(number) for number in range(UPLOADS)][-NAMED_UPLOADS:]
