"""Reports in the bucket, one JSON object a run."""

from collections.abc import Callable
from typing import Protocol

from pydantic import ValidationError

from satispy.errors import BrokenArtefact
from satispy.keys import LeftOut
from satispy.reports.schema import Report

PREFIX = "reports"


class Objects(Protocol):
    """The part of `satispy.storage.Store` that is needed; this room imports no storage."""

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, data: bytes) -> None: ...

    def parsed(
        self, prefix: str, parse: Callable[[str, bytes], Report], suffix: str = ".json"
    ) -> tuple[list[Report], list[LeftOut]]: ...


def key(run: str) -> str:
    return f"{PREFIX}/{run}.json"


def save(store: Objects, report: Report) -> str:
    """Returns the key."""
    store.write(key(report.run), report.model_dump_json(indent=1).encode())
    return key(report.run)


def read(store: Objects, run: str) -> Report:
    """Raises NotFound, or BrokenArtefact if something else stands in its place."""
    return parse(key(run), store.read(key(run)))


def all(store: Objects) -> list[Report]:
    """Every report, by dataset version, then by the time it was made."""
    return survey(store)[0]


def survey(store: Objects) -> tuple[list[Report], list[LeftOut]]:
    """`all`, and what stands under reports/ and is none."""
    found, left_out = store.parsed(PREFIX, parse)
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
