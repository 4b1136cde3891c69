"""Reports in the bucket, one JSON object a run."""

import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound
from satispy.keys import LeftOut
from satispy.reports.schema import Report

PREFIX = "reports"


class Objects(Protocol):
    """The part of `satispy.storage.Store` that is needed; this room imports no storage."""

    def read(self, key: str) -> bytes: ...

    def create(self, key: str, data: bytes) -> None: ...

    def update(self, key: str, change: Callable[[bytes | None], bytes | None]) -> None: ...

    def list(self, prefix: str) -> Sequence[Any]: ...

    def parsed(
        self,
        prefix: str,
        parse: Callable[[str, bytes], Report],
        suffix: str = ".json",
        newest: int | None = None,
    ) -> tuple[builtins.list[Report], builtins.list[LeftOut]]: ...


def key(run: str) -> str:
    return f"{PREFIX}/{run}.json"


def save(store: Objects, report: Report) -> Report:
    """Once: the report of a run that has one already stays. Returns the one that is there."""
    try:
        store.create(key(report.run), report.model_dump_json(indent=1).encode())
    except Conflict:
        return read(store, report.run)
    return report


def read(store: Objects, run: str) -> Report:
    """Raises NotFound, or BrokenArtefact if something else stands in its place."""
    return parse(key(run), store.read(key(run)))


def newest(store: Objects, runs: Iterable[str]) -> Report | None:
    """The report of the first of these runs that has one that can be read."""
    for run in runs:
        try:
            return read(store, run)
        except (BrokenArtefact, NotFound):
            continue
    return None


def all(store: Objects) -> list[Report]:
    """Every report, by dataset version, then by the time it was made."""
    return survey(store)[0]


def survey(store: Objects, newest: int | None = None) -> tuple[list[Report], list[LeftOut]]:
    """`all`, or the newest ones, and what stands under reports/ and is none."""
    found, left_out = store.parsed(PREFIX, parse, newest=newest)
    return sorted(found, key=lambda report: (report.dataset_version, report.created)), left_out


def parse(key: str, data: bytes) -> Report:
    """Raises BrokenArtefact."""
    try:
        report = Report.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not a report") from error
    if report.created.tzinfo is None:  # such a one cannot be compared with the others
        raise BrokenArtefact("a report whose time has no zone")
    return report
