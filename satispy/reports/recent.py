"""What the newest reports say in short, in one object that is written with each report.

The app draws every update from it: a year of whole reports is half a gigabyte, and thousands of
requests. Kept are the newest runs, and of older weeks the last run.
"""

import logging
from collections.abc import Iterable

from pydantic import Field, ValidationError

from satispy.errors import BrokenArtefact, Conflict
from satispy.reports import store as reports
from satispy.reports.schema import METRICS, ModelReport, Record, Report

log = logging.getLogger(__name__)

KEY = "summaries/reports.json"
#: Runs that are kept whatever their week; all that are kept, with those that end a week.
NEWEST, MOST = 100, 200


class Recent(Record):
    """Reports in short, by dataset version, then by the time they were made."""

    reports: list[Report] = Field(default_factory=list)
    count: int = Field(default=0, description="Of all reports, those that are not kept included")

    def with_one(self, report: Report) -> "Recent":
        others = [each for each in self.reports if each.run != report.run]
        count = self.count + (len(others) == len(self.reports))
        return Recent(reports=kept([*others, short(report)]), count=count)


def note(store: reports.Objects, report: Report) -> None:
    """Add it; once, however often it is noted. A report that is missed here is there all the same,
    so nothing fails over it."""

    def with_it(data: bytes | None) -> bytes:
        try:
            known = parse(KEY, data or b"")
        except BrokenArtefact:  # a bucket of before there was a summary: its newest reports
            found = [each for each in reports.survey(store, MOST)[0] if each.run != report.run]
            others = max(len(store.list(reports.PREFIX)) - 1, len(found))
            known = Recent(reports=kept(map(short, found)), count=others)
        return known.with_one(report).model_dump_json(exclude_defaults=True).encode()

    try:
        store.update(KEY, with_it)
    except Conflict as conflict:
        log.warning("%s is not among the newest reports: %s", report.run, conflict)


def parse(key: str, data: bytes) -> Recent:
    """Raises BrokenArtefact."""
    try:
        return Recent.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not the newest reports") from error


def short(report: Report) -> Report:
    """What is drawn of an update: its scores, without what explains them."""
    return report.model_copy(
        update={
            "uploads": [],
            "baselines": {},
            "ensemble": None,
            "drift": None,
            "changes": [],
            "metric_changes": [],
            "models": {family: _short(model) for family, model in report.models.items()},
        }
    )


def _short(model: ModelReport) -> ModelReport:
    without: dict[str, object] = {
        "slices": [],
        "reliability": [],
        "errors": [],
        "intervals": {
            metric: model.intervals[metric] for metric in METRICS if metric in model.intervals
        },
        "decision": None,
    }
    return model.model_copy(update=without)


def kept(found: Iterable[Report]) -> list[Report]:
    """The newest, and of the weeks before the last of each."""
    ordered = sorted(found, key=lambda report: (report.dataset_version, report.created))
    newest = ordered[-NEWEST:]
    weeks = {report.created.isocalendar()[:2]: report for report in ordered[:-NEWEST]}
    for report in newest:  # a week is ended by its last run, wherever that stands
        weeks.pop(report.created.isocalendar()[:2], None)
    return [*weeks.values(), *newest][-MOST:]
