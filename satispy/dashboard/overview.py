"""What the first page says of the models, and what somebody has to look at: pure, of a snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from satispy.alerts.facts import Code
from satispy.dashboard import alerting, evolution
from satispy.dashboard.alerting import Told
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.progress import RunProgress
from satispy.registry.pointer import Production, Promoted
from satispy.reports.blind_spots import BlindSpot, blind_spots, every
from satispy.reports.insights import Outbreak
from satispy.reports.schema import METRICS, REQUIREMENT, Metric, Metrics, ModelReport, Report
from satispy.reviews.receipts import Receipt, fault_of_the_file

#: Uploads and runs that are listed.
NEWEST = 5


@dataclass(frozen=True)
class Serving:
    """The version of a family that serves."""

    family: str
    production: Production
    default: bool  # answers when no model is asked for
    model: ModelReport | None  # what its run reported; None where that is no longer at hand
    change: Mapping[Metric, float]  # from the version that served before it
    refused: ModelReport | None  # a newer version that was not promoted


@dataclass(frozen=True)
class Attention:
    """What somebody has to look at. False where there is nothing. Of what an open alert says,
    nothing else says it again."""

    alerts: Sequence[Told] = ()
    incidents: Sequence[Outbreak] = ()
    missed: Sequence[tuple[str, Metric, float]] = ()  # by what serves: family, metric, value
    failed: Sequence[RunProgress] = ()
    refused: Sequence[Receipt] = ()  # uploads of which nothing, or next to nothing, was taken
    mended: Sequence[Receipt] = ()  # uploads with rows to be mended
    drift: Sequence[str] = ()  # what moved beyond its limit, as the newest report names it
    blind_spots: Sequence[BlindSpot] = ()
    left_out: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


def serving(
    promoted: Promoted | None, reports: Sequence[Report], last: Report | None
) -> list[Serving]:
    """Families in display order. Reports in run order and in short; the last one whole too."""
    if promoted is None:
        return []
    known = [*reports, *([last] if last else [])]
    reported = evolution.by_tag(known)
    newest = last.models if last else {}
    found = []
    for family in evolution.in_order(promoted.families):
        production = promoted.families[family]
        model = reported.get(production.tag)
        earlier = promoted.earlier.get(family, [])
        before = reported.get(earlier[-1].tag) if earlier else None
        candidate = newest.get(family)
        found.append(
            Serving(
                family=family,
                production=production,
                default=promoted.default_model == family,
                model=model,
                change=_change(before.origin, model.origin) if before and model else {},
                refused=candidate if candidate and not candidate.promoted else None,
            )
        )
    return found


def attention(snapshot: Snapshot, served: Sequence[Serving], now: datetime) -> Attention:
    """served: what `serving` finds in it."""
    last, insights = snapshot.last, snapshot.insights
    newest = snapshot.newest_puts[:NEWEST]
    opened = alerting.in_order(snapshot.alerts.open if snapshot.alerts else (), now)
    alerted = {each.code for each in opened}
    return Attention(
        alerts=[alerting.told(each) for each in opened],
        incidents=insights.lasting if insights and Code.INCIDENT not in alerted else (),
        missed=[
            (each.family, metric, getattr(each.model.origin, metric))
            for each in served
            if each.model and Code.REQUIREMENT_MISSED not in alerted
            for metric in METRICS
            if getattr(each.model.origin, metric) <= REQUIREMENT
        ],
        failed=[run for run in snapshot.runs if run.failed and Code.RETRAIN_FAILED not in alerted],
        refused=[each for each in newest if each.refused or fault_of_the_file(each)],
        mended=[each for each in newest if each.quarantine and not fault_of_the_file(each)],
        drift=last.drift.alarming if last and last.drift and Code.DRIFT not in alerted else (),
        blind_spots=blind_spots(every(last)) if last else (),
        left_out=len(snapshot.left_out),
    )


def _change(before: Metrics, after: Metrics) -> dict[Metric, float]:
    return {metric: getattr(after, metric) - getattr(before, metric) for metric in METRICS}
