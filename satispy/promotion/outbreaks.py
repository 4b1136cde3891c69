"""Incidents of the reviews: which complaints rise, where, since when, and in whose words."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from satispy.aspects.reading import Mention
from satispy.incidents import incidents
from satispy.language import TextPipeline
from satispy.plain_text import unaccented
from satispy.reports.insights import Outbreak
from satispy.reviews import ReviewSet

#: Days in which incidents are looked for: what is usual, and what is new.
WATCHED_DAYS: Final = 500
#: Reviews in them that a company needs in a source.
LEAST_WATCHED: Final = 100
#: Days after its end in which an incident is still told of.
ENDED_LATELY: Final = 28
MOST_EXAMPLES, LONGEST_EXAMPLE = 3, 200


def outbreaks(
    reviews: ReviewSet,
    mentions: Sequence[Sequence[Mention]],
    names: Sequence[str],
    said: np.ndarray,
    last: date,
) -> list[Outbreak]:
    """Up to this day. Each company in each source is watched by itself: their shares differ for
    reasons of their own, and a company that is asked about elsewhere would seem to have got
    worse."""
    day_of = np.array([WATCHED_DAYS - 1 - (last - each).days for each in reviews.dates])
    pairs = list(zip(reviews.companies, reviews.sources, strict=True))
    rows_of: dict[tuple[str, str], list[int]] = {}
    for row in np.flatnonzero((day_of >= 0) & (day_of < WATCHED_DAYS)).tolist():
        rows_of.setdefault(pairs[row], []).append(row)
    watched = sorted(pair for pair, rows in rows_of.items() if len(rows) >= LEAST_WATCHED)
    counts = np.zeros((2, len(watched), len(names), WATCHED_DAYS), dtype=np.int64)
    for number, pair in enumerate(watched):
        rows = np.array(rows_of[pair])
        counts[0, number] = np.bincount(day_of[rows], minlength=WATCHED_DAYS)
        at, aspect = np.nonzero(said[rows] < 0)
        places = aspect * WATCHED_DAYS + day_of[rows][at]
        filled = np.bincount(places, minlength=len(names) * WATCHED_DAYS)
        counts[1, number] = filled.reshape(len(names), WATCHED_DAYS)
    found = incidents(*counts.reshape(2, -1, WATCHED_DAYS))
    first = last - timedelta(days=WATCHED_DAYS - 1)
    told = []
    for each in found:
        pair, name = watched[each.stream // len(names)], names[each.stream % len(names)]
        if each.end is not None and WATCHED_DAYS - each.end > ENDED_LATELY:
            continue
        ends = WATCHED_DAYS if each.end is None else each.end
        within = [each.start <= day < ends for day in day_of[rows_of[pair]]]
        complaints = [
            (in_it, mention, row)
            for row, in_it in sorted(
                zip(rows_of[pair], within, strict=True), key=lambda at: reviews.dates[at[0]]
            )
            for mention in mentions[row]
            if mention.aspect == name and mention.complains
        ]
        told.append(
            Outbreak(
                aspect=name,
                company=pair[0],
                source=pair[1],
                since=first + timedelta(days=each.start),
                found=first + timedelta(days=each.found),
                until=None if each.end is None else first + timedelta(days=each.end),
                reviews=each.reviews,
                complaints=each.complaints,
                usual=each.usual,
                examples=_examples(reviews, complaints),
            )
        )
    return sorted(
        told,
        key=lambda each: (each.until is not None, each.usual * each.reviews - each.complaints),
    )


def _examples(reviews: ReviewSet, complaints: Sequence[tuple[bool, Mention, int]]) -> list[str]:
    """Clauses in the words that its complaints have more often than those before it had.

    Of mentions of one aspect, whether each is within the incident, and its row, the oldest first.
    A clause that a seed judges goes before one of mere tone, a newer one before an older.
    """
    tokens = TextPipeline().tokens
    texts = reviews.texts.of({row for _, _, row in complaints})
    said = [
        (in_it, each, each.clause_of(texts[row]).text[:LONGEST_EXAMPLE])
        for in_it, each, row in complaints
    ]
    words = [(in_it, {unaccented(word) for word in tokens(text)}) for in_it, _, text in said]
    counts = {
        when: Counter(word for in_it, found in words if in_it == when for word in found)
        for when in (True, False)
    }
    clauses = Counter(in_it for in_it, _ in words)

    def gain(word: str) -> float:
        share = counts[True][word] / clauses[True]
        return share - counts[False][word] / max(clauses[False], 1)

    newest_first = [
        (mention.polarity, -sum(map(gain, found)) / len(found) ** 0.5, found, text)
        for (in_it, mention, text), (_, found) in zip(reversed(said), reversed(words), strict=True)
        if in_it and found
    ]
    chosen: dict[frozenset[str], str] = {}
    for _, _, found, text in sorted(newest_first, key=lambda each: each[:2]):
        chosen.setdefault(frozenset(found), text)
    return [*chosen.values()][:MOST_EXAMPLES]
