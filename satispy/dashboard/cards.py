"""What is known of each model that serves, for its card: pure, from pointer and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from satispy.dashboard import evolution
from satispy.models.family import BY_NAME
from satispy.registry.pointer import Production, Promoted
from satispy.reports.blind_spots import BlindSpot, blind_spots
from satispy.reports.schema import ModelReport, Report


@dataclass(frozen=True)
class Card:
    family: str
    production: Production
    default: bool  # answers when no model is asked for
    uses_vectors: bool
    #: Of its run; None where that is no longer at hand.
    report: Report | None
    model: ModelReport | None
    blind_spots: Sequence[BlindSpot] = ()


def cards(promoted: Promoted | None, reports: Sequence[Report], last: Report | None) -> list[Card]:
    """Families in display order. Reports in short; the last one whole too."""
    if promoted is None:
        return []
    by_run = {report.run: report for report in reports} | ({last.run: last} if last else {})
    found = []
    for family in evolution.in_order(promoted.families):
        production = promoted.families[family]
        report = by_run.get(production.run)
        model = report.models.get(family) if report else None
        if model is not None and model.tag != production.tag:
            report = model = None
        found.append(
            Card(
                family=family,
                production=production,
                default=promoted.default_model == family,
                uses_vectors=family in BY_NAME and BY_NAME[family].uses_vectors,
                report=report,
                model=model,
                blind_spots=blind_spots([model]) if model else (),
            )
        )
    return found
