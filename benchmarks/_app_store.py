"""What a shop's app finds in the store after some hundred runs."""

from datetime import UTC, date, datetime, timedelta

from benchmarks import _year
from benchmarks._counted_s3 import CountedS3
from benchmarks._year import FAMILIES, Shop
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.reports import insights, recent
from satispy.reports.insights import Cause, Day, Group, Insights, Move, Quote, Title
from satispy.reports.schema import Report
from satispy.reviews import receipts
from satispy.storage import Store

TITLES = {"delivery": "Livraison", "price": "Prix", "service": "Service client", "fit": "Taille"}
COMPANIES = ("Lyon", "Lille", "Nantes", "Paris")


def fill(s3: CountedS3, store: Store, shop: Shop) -> None:
    """A year's first days (benchmarks/_year.py), and what the app follows."""
    _year.fill(s3, store, shop)
    newest = [
        _year.receipt(
            f"avis-{number:06d}", f'"{number:032x}"', shop.at(number, shop.uploads), number
        )
        for number in range(shop.uploads - receipts.MOST_RECENT, shop.uploads)
    ]
    said = receipts.Recent(receipts=[receipts.Receipt.model_validate_json(one) for one in newest])
    store.write(receipts.RECENT, said.model_dump_json().encode())
    last = shop.run(shop.reports - 1)
    store.write(insights.key(last), found(last, shop).model_dump_json().encode())
    for number in (shop.reports - 2, shop.reports - 1):
        for family in FAMILIES:
            promote(store, shop, family, number)


def promote(store: Store, shop: Shop, family: str, number: int) -> None:
    run = shop.run(number)
    production = Production(
        tag=f"satispy-{family}:{run}-{number:08x}",
        archive=f"models/satispy-{family}/{run}-{number:08x}.bentomodel",
        digest="0badcafe",
        run=run,
        dataset_version=int(run[1:]),
        since=shop.at(number, shop.reports),
        accuracy=0.9,
    )
    pointer.promote(store, family, production, run, Actor(who="publish", via="pipeline"))


def new_report(store: Store, shop: Shop, more: int) -> str:
    """Another run's report, as publishing leaves it; answers its name."""
    made = Report.model_validate_json(_year.report(shop, shop.reports - 1))
    run = f"v{made.dataset_version + more:05d}"
    made = made.model_copy(
        update={
            "run": run,
            "dataset_version": made.dataset_version + more,
            "created": datetime.now(UTC),
        }
    )
    store.write(f"reports/{run}.json", made.model_dump_json().encode())
    recent.note(store, made)
    return run


def found(run: str, shop: Shop) -> Insights:
    end = shop.now.date()
    causes = [
        Cause(
            aspect=aspect, mentions=9_000, complaints=5_000 - at, points=4 - at / 2, low=3, high=5
        )
        for at, aspect in enumerate(TITLES)
    ]
    days = [
        _day(end - timedelta(days=back), company) for back in range(365) for company in COMPANIES
    ]
    return Insights(
        run=run,
        created=shop.now,
        dataset_version=int(run[1:]),
        aspects_model="satispy-aspects:v",
        sentiment_model="satispy-gbc:v",
        titles={aspect: Title(fr=title, en=aspect) for aspect, title in TITLES.items()},
        reviews=shop.rows,
        negative=shop.rows * 3 // 10,
        first=end - timedelta(days=365),
        last=end,
        causes=causes,
        unnamed=1_000,
        moves=[
            Move(aspect=aspect, before=0.1, after=0.12, p_value=0.01, moved=True)
            for aspect in TITLES
        ],
        groups=[
            Group(by="company", value=company, reviews=50_000, negative=15_000, causes=causes)
            for company in COMPANIES
        ]
        + [
            Group(
                by="month", value=f"2026-{month:02}", reviews=20_000, negative=6_000, causes=causes
            )
            for month in range(1, 12)
        ],
        days=days,
        quotes=[
            Quote(
                aspect=aspect,
                day=end,
                stars=1,
                company=company,
                source="TrustPilot",
                text="Toujours rien reçu et personne ne répond",
                start=0,
                end=18,
            )
            for aspect in TITLES
            for company in COMPANIES * 3
        ],
    )


def _day(day: date, company: str) -> Day:
    negative = 30 + day.toordinal() % 17
    return Day(
        day=day,
        company=company,
        source="TrustPilot",
        reviews=137,
        negative=negative,
        complaints={aspect: negative // (at + 2) for at, aspect in enumerate(TITLES)},
    )
