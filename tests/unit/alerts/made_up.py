"""Insights with incidents, without a single retrain."""

from datetime import UTC, date, datetime

from satispy.reports.insights import Insights, Outbreak


def lost_parcels(source: str, until: date | None = None, company: str = "Alpha") -> Outbreak:
    return Outbreak(
        aspect="delivery",
        company=company,
        source=source,
        since=date(2026, 10, 20),
        found=date(2026, 10, 24),
        until=until,
        reviews=50,
        complaints=30,
        usual=0.2,
        examples=["colis perdu"],
    )


def learned(*incidents: Outbreak, run: str = "v00001") -> Insights:
    return Insights(
        run=run,
        created=datetime.now(UTC),
        dataset_version=1,
        aspects_model="satispy-aspects:v",
        sentiment_model="satispy-gbc:v",
        titles={},
        reviews=200,
        negative=60,
        first=date(2026, 1, 2),
        last=date(2026, 11, 3),
        causes=[],
        unnamed=5,
        moves=[],
        groups=[],
        days=[],
        incidents=list(incidents),
        quotes=[],
    )
