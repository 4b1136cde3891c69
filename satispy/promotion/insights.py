"""From reviews and what they say of each aspect to the insights of a run."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Final, Literal

import numpy as np

from satispy.aspects.figures import complaints, figures
from satispy.aspects.mentions import Mentions
from satispy.aspects.model import AspectModel
from satispy.aspects.proposals import MOST_REVIEWS, proposals
from satispy.aspects.reading import AspectReader, Mention, by_aspect
from satispy.errors import BrokenArtefact, BrokenTaxonomy, NotFound
from satispy.plain_text import without_markup
from satispy.promotion import aspects
from satispy.promotion.newest import LEAST_REVIEWS, YEAR, newest_day
from satispy.promotion.outbreaks import outbreaks
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.reports.insights import (
    Cause,
    Day,
    Group,
    Insights,
    Move,
    Proposed,
    Quote,
    Title,
    key,
    parse,
)
from satispy.reports.statistics import holm, same_shares
from satispy.reviews import ReviewSet
from satispy.runs.summaries import PrepareSummary
from satispy.storage import Store

log = logging.getLogger(__name__)

By = Literal["company", "source", "stars", "month"]

#: Below this many stars a review is negative, as to the models.
NEGATIVE_BELOW: Final = 3
BATCH: Final = 256
#: Of companies and sources the largest.
MOST_GROUPS: Final = 30
MOST_MONTHS: Final = 24
#: Companies by source that have counts of their own.
MOST_STREAMS: Final = 12
#: A month against the three before.
NEWEST_DAYS, EARLIER_DAYS = 28, 84
ALPHA: Final = 0.05
#: Of the runs before, whose insights may be missing.
LOOKED_AT: Final = 3
#: Of each aspect; longer texts are read elsewhere.
MOST_QUOTES: Final = 60
#: Reviews whose texts are asked for together.
QUOTED_AT_ONCE: Final = 1_000
LONGEST_QUOTE: Final = 2_000


def learn(store: Store, models: ModelStore, prepared: PrepareSummary, reviews: ReviewSet) -> None:
    """What the reviews say, by the models that serve; that of aspects is renewed before.

    Done again for the same run it writes the same. A taxonomy of a shop that cannot be read leaves
    the model that serves in place; `satispy why` says what is wrong with it.
    """
    try:
        aspects.renew(store, models, prepared)
    except BrokenTaxonomy as error:
        log.error("the model of aspects was not renewed: %s", error)
    try:
        reader = serving(store, models)
    except (BrokenArtefact, NotFound) as error:  # of another satispy: the next that serves is not
        log.error("no insights for %s: %s", prepared.run, error)
        return
    if reader is None:
        return
    tags, read = reader
    found = insights(
        reviews,
        read_all(read, reviews.texts),
        read.model,
        run=prepared.run,
        aspects_model=tags[0],
        sentiment_model=tags[1],
    )
    store.write(key(prepared.run), found.model_dump_json(indent=1).encode())


def serving(store: Store, models: ModelStore) -> tuple[tuple[str, str], AspectReader] | None:
    """The tags of the model of aspects and of the default model, and what reads by both; None
    before the first of each is promoted."""
    now = pointer.read(store)
    if now.aspects is None or now.default_model is None:
        return None
    told, default = now.aspects.tag, now.families[now.default_model].tag
    models.fetch(told, store)
    models.fetch(default, store)
    reader = AspectReader(models.aspects(told), models.load(default).probabilities)
    return (told, default), reader


def newest(store: Store, but: str = "") -> Insights | None:
    """Of the newest run that left any and is not this one."""
    for run in [each for each in reversed(pointer.read(store).settled) if each != but][:LOOKED_AT]:
        try:
            return parse(key(run), store.read(key(run)))
        except (NotFound, BrokenArtefact):
            continue
    return None


def read_all(reader: AspectReader, texts: Iterable[str]) -> Mentions:
    """Of each text its mentions; no text is kept."""
    every = iter(texts)
    some = iter(lambda: list(islice(every, BATCH)), [])
    return Mentions(reader.model.taxonomy.names, chain.from_iterable(map(reader.read, some)))


def insights(
    reviews: ReviewSet,
    mentions: Sequence[Sequence[Mention]],
    model: AspectModel,
    *,
    run: str,
    aspects_model: str,
    sentiment_model: str,
) -> Insights:
    taxonomy = model.taxonomy
    names = taxonomy.names
    said = complaints(names, mentions)
    day = np.fromiter((each.toordinal() for each in reviews.dates), np.int64, len(reviews))
    newest_first = np.argsort(-day, kind="stable")
    newest = newest_day(day)
    negative = np.array(reviews.stars) < NEGATIVE_BELOW
    return Insights(
        run=run,
        created=datetime.now(UTC),
        dataset_version=reviews.version,
        aspects_model=aspects_model,
        sentiment_model=sentiment_model,
        titles={each.name: Title(fr=each.fr, en=each.en) for each in taxonomy.aspects},
        reviews=len(reviews),
        negative=int(negative.sum()),
        first=min(reviews.dates),
        last=max(reviews.dates),
        causes=causes(names, said, negative),
        unnamed=int((negative & ~said.any(axis=1)).sum()),
        moves=moves(names, said, newest.toordinal() - day),
        groups=groups(reviews, names, said, negative),
        days=days(reviews, names, said, negative, newest),
        incidents=outbreaks(reviews, mentions, names, said, newest),
        proposals=proposed(reviews, model, negative[newest_first], newest_first),
        quotes=quotes(reviews, mentions, names, said[newest_first] < 0, newest_first),
    )


def causes(names: Sequence[str], said: np.ndarray, negative: np.ndarray) -> list[Cause]:
    return [
        Cause(
            aspect=each.name,
            mentions=each.mentions,
            complaints=each.complaints,
            points=round(each.impact.points, 2),
            low=round(each.impact.low, 2),
            high=round(each.impact.high, 2),
        )
        for each in figures(names, said, negative)
    ]


def moves(names: Sequence[str], said: np.ndarray, ago: np.ndarray) -> list[Move]:
    """The newest four weeks against the twelve before, by how far each moved. ago: of each review
    the days since the newest day."""
    newest = (ago >= 0) & (ago < NEWEST_DAYS)
    earlier = (ago >= NEWEST_DAYS) & (ago < NEWEST_DAYS + EARLIER_DAYS)
    if not newest.any() or not earlier.any():
        return []
    counts: dict[str, list[tuple[int, int]]] = {
        name: [(int((said[rows, at] < 0).sum()), int(rows.sum())) for rows in (earlier, newest)]
        for at, name in enumerate(names)
    }
    p_values = {name: _unmoved(*each) for name, each in counts.items()}
    beyond = holm(p_values, ALPHA)
    found = [
        Move(
            aspect=name,
            before=before[0] / before[1],
            after=after[0] / after[1],
            p_value=p_values[name],
            moved=name in beyond,
        )
        for name, (before, after) in counts.items()
    ]
    return sorted(found, key=lambda each: -abs(each.after - each.before))


def _unmoved(before: tuple[int, int], after: tuple[int, int]) -> float:
    """P-value of (complaints, reviews) and (complaints, reviews) being of one share."""
    return same_shares((before[0], before[1] - before[0]), (after[0], after[1] - after[0]))


def groups(
    reviews: ReviewSet, names: Sequence[str], said: np.ndarray, negative: np.ndarray
) -> list[Group]:
    month_of = {day: f"{day:%Y-%m}" for day in set(reviews.dates)}
    months = [*map(month_of.__getitem__, reviews.dates)]
    kinds: list[tuple[By, Sequence[str], Sequence[str]]] = [
        ("company", reviews.companies, _largest(reviews.companies)),
        ("source", reviews.sources, _largest(reviews.sources)),
        ("stars", [str(star) for star in reviews.stars], [*"12345"]),
        ("month", months, sorted(set(months))[-MOST_MONTHS:]),
    ]
    found = []
    for by, values, kept in kinds:
        column = np.array(values, dtype=object)
        for value in kept:
            rows = np.flatnonzero(column == value)
            if len(rows) >= LEAST_REVIEWS:
                found.append(
                    Group(
                        by=by,
                        value=value,
                        reviews=len(rows),
                        negative=int(negative[rows].sum()),
                        causes=causes(names, said[rows], negative[rows]),
                    )
                )
    return found


def _largest(values: Iterable[str]) -> list[str]:
    return [value for value, _ in Counter(filter(None, values)).most_common(MOST_GROUPS)]


def days(
    reviews: ReviewSet, names: Sequence[str], said: np.ndarray, negative: np.ndarray, last: date
) -> list[Day]:
    """Of the largest MOST_STREAMS companies by source; all others together. last: the newest."""
    since = last - timedelta(days=YEAR)
    recent = [row for row, day in enumerate(reviews.dates) if since < day <= last]
    pairs = [(reviews.companies[row], reviews.sources[row]) for row in recent]
    largest = {pair for pair, _ in Counter(pairs).most_common(MOST_STREAMS)}
    rows_of: dict[tuple[date, bool, str, str], list[int]] = {}
    for row, pair in zip(recent, pairs, strict=True):
        stream = (False, *pair) if pair in largest else (True, "", "")
        rows_of.setdefault((reviews.dates[row], *stream), []).append(row)
    found = []
    for (day, others, company, source), rows in sorted(rows_of.items()):
        complain = (said[rows] < 0).sum(axis=0).tolist()
        found.append(
            Day(
                day=day,
                company=company,
                source=source,
                others=others,
                reviews=len(rows),
                negative=int(negative[rows].sum()),
                complaints={name: n for name, n in zip(names, complain, strict=True) if n},
            )
        )
    return found


def proposed(
    reviews: ReviewSet, model: AspectModel, negative: np.ndarray, newest_first: np.ndarray
) -> list[Proposed]:
    """negative: of the reviews as they stand in `newest_first`."""
    rows = [newest_first[of][:MOST_REVIEWS].tolist() for of in (negative, ~negative)]
    texts = reviews.texts.of([*rows[0], *rows[1]])
    bad, others = ([texts[row] for row in of] for of in rows)
    return [
        Proposed(phrases=[*each.phrases], reviews=each.reviews, examples=[*each.examples])
        for each in proposals(model, bad, others, {*reviews.companies, *reviews.sources})
    ]


def quotes(
    reviews: ReviewSet,
    mentions: Sequence[Sequence[Mention]],
    names: Sequence[str],
    complains: np.ndarray,
    newest_first: np.ndarray,
) -> list[Quote]:
    """complains: of each aspect, of the reviews as they stand in `newest_first`."""
    left: Counter[str] = Counter()
    found: list[Quote] = []
    begin = 0
    while True:
        wanted = [at for at, name in enumerate(names) if left[name] < MOST_QUOTES]
        places = begin + np.flatnonzero(complains[begin:, wanted].any(axis=1))[:QUOTED_AT_ONCE]
        if not len(places):
            return found
        begin = int(places[-1]) + 1
        rows = newest_first[places].tolist()
        texts = reviews.texts.of(rows)
        for row in rows:
            found += _quotes_of(reviews, row, texts[row], mentions[row], left)


def _quotes_of(
    reviews: ReviewSet, row: int, comment: str, mentions: Sequence[Mention], left: Counter[str]
) -> Iterator[Quote]:
    """Of one review; counts in `left` how many each aspect has."""
    text = without_markup(comment)
    if len(text) > LONGEST_QUOTE:
        return
    for name, said in by_aspect(mentions).items():
        if said.complains and left[name] < MOST_QUOTES:
            left[name] += 1
            clause = said.clause_of(comment)
            yield Quote(
                aspect=name,
                day=reviews.dates[row],
                stars=reviews.stars[row],
                company=reviews.companies[row],
                source=reviews.sources[row],
                text=text,
                start=clause.start,
                end=clause.end,
            )
