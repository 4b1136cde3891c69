"""What is asked of the bucket about one run, when somebody looks at it."""

from satispy.dashboard.progress import RunProgress, parse_progress
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.models.family import STAGES
from satispy.reports import store as reports
from satispy.reports.schema import Report
from satispy.retraining import turn
from satispy.storage import Store


def whole(store: Store, report: Report) -> Report:
    """All that the report says; itself where that can no longer be read."""
    try:
        return reports.read(store, report.run)
    except (BrokenArtefact, NotFound):
        return report


def found(store: Store, run: str) -> Report | None:
    """The report of a run that somebody has named; None where there is none."""
    try:
        turn.order(run)
    except SatispyError:  # no name of a run, and so no key of ours
        return None
    try:
        return reports.read(store, run)
    except (BrokenArtefact, NotFound):
        return None


def steps(store: Store, run: str) -> RunProgress:
    """What the steps of a run wrote; kept for a month. Raises StorageUnreachable."""
    told = {}
    for name in STAGES:
        key = f"runs/{run}/progress/{name}.json"
        try:
            told[name] = parse_progress(key, store.read(key))
        except (NotFound, BrokenArtefact):
            continue
    return RunProgress(run, told)
