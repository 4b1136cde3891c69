"""Reports in the bucket, one JSON object a run."""

import builtins
from collections.abc import Sequence
from typing import Protocol

from satispy.reports.schema import Report

PREFIX = "reports"


class Entry(Protocol):
    @property
    def key(self) -> str: ...


class Objects(Protocol):
    """The part of `satispy.storage.Store` that is needed; this room imports no storage."""

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, data: bytes) -> None: ...

    def list(self, prefix: str) -> Sequence[Entry]: ...


def key(run: str) -> str:
    return f"{PREFIX}/{run}.json"


def save(store: Objects, report: Report) -> str:
    """Returns the key."""
    store.write(key(report.run), report.model_dump_json(indent=1).encode())
    return key(report.run)


def read(store: Objects, run: str) -> Report:
    return Report.model_validate_json(store.read(key(run)))


def all(store: Objects) -> builtins.list[Report]:
    """Every report, by dataset version, then by the time it was made."""
    keys = [entry.key for entry in store.list(PREFIX) if entry.key.endswith(".json")]
    found = [Report.model_validate_json(store.read(each)) for each in keys]
    return sorted(found, key=lambda report: (report.dataset_version, report.created))
