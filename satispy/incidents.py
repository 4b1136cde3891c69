"""Since when complaints of one kind are more than chance allows, and until when.

A stream is one aspect in one company or source: for each day, how many reviews came and how many
of them complain of it. The newest 1 to 21 days are held against what was usual in the half year
before them, incidents left out. The chance of at least so many complaints is a beta-binomial tail,
which knows both sample sizes: the window's and that of the usual share. How small it must be
follows from how many streams are watched, so that more of them do not bring more false incidents.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import xlogy

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Days of the newest that are looked at; a large shop shows in a day, a small one in weeks.
WINDOWS: Final = (1, 5, 10, 21)
#: What is usual is taken from so many days before the longest window.
USUAL_DAYS: Final = 182
#: Below it nobody knows what is usual.
LEAST_USUAL_REVIEWS: Final = 50
LEAST_COMPLAINTS: Final = 4
#: Rises that chance excludes and nobody would act on are passed over.
LEAST_RISE: Final = 1.5
#: On average, over all streams together (`make bench NAME=incidents` counts them).
FALSE_A_YEAR: Final = 0.6
#: An incident ends with so many days in which complaints are as usual again.
QUIET_DAYS: Final = 10
_QUIET_CHANCE: Final = 0.2


@dataclass(frozen=True)
class Incident:
    """Days count from the first of the counts; reviews and complaints are those of its days."""

    stream: int
    start: int
    found: int
    end: int | None  # the first day that is as usual again; None while it lasts
    reviews: int
    complaints: int
    usual: float  # share of reviews that complained, before it

    @property
    def share(self) -> float:
        return self.complaints / self.reviews


def incidents(
    reviews: Counts, complaints: Counts, false_a_year: float = FALSE_A_YEAR
) -> list[Incident]:
    """Of all streams, in the order in which they were found; counts are [stream, day].

    Raises ValueError if the shapes differ.
    """
    if reviews.shape != complaints.shape:
        raise ValueError(f"reviews are {reviews.shape}, complaints {complaints.shape}")
    streams, days = reviews.shape
    chance = false_a_year / (365 * max(streams, 1))
    seen = _Seen(reviews, complaints)
    lasting: dict[int, Incident] = {}
    ended: list[Incident] = []
    for day in range(WINDOWS[-1], days):
        seen.settle(day - WINDOWS[-1])
        for stream, incident in list(lasting.items()):
            if end := seen.quiet_since(incident, day):
                ended.append(seen.sized(replace(lasting.pop(stream), end=end), end))
                seen.told_until[stream] = end
        for stream in seen.risen(day, chance):
            if stream not in lasting:
                lasting[stream] = seen.beginning(stream, day)
        for stream, incident in lasting.items():
            seen.usual[stream, incident.start : day + 1] = False
    still = [seen.sized(incident, days) for incident in lasting.values()]
    return sorted(ended + still, key=lambda each: (each.found, each.stream))


class _Seen:
    """Sums over days of every stream, and over its usual days alone."""

    def __init__(self, reviews: Counts, complaints: Counts) -> None:
        self.counts = np.stack([reviews, complaints])
        #: [reviews or complaints, stream, day]: the sum of all days before it.
        self.sums = np.pad(self.counts.cumsum(axis=2), ((0, 0), (0, 0), (1, 0)))
        self.usual = np.ones(reviews.shape, bool)
        self.usual_sums = np.zeros_like(self.sums)
        self.usual_counts = self.sums[:, :, 0]
        #: The day by which a stream's last incident had ended: what was before is told already.
        self.told_until = np.zeros(len(reviews), int)
        self.streams = np.arange(len(reviews))

    def settle(self, day: int) -> None:
        """No incident that is found later begins as early as this day: add it to what is usual."""
        counted = self.counts[:, :, day] * self.usual[:, day]
        self.usual_sums[:, :, day + 1] = self.usual_sums[:, :, day] + counted
        first = max(day + 1 - USUAL_DAYS, 0)
        self.usual_counts = self.usual_sums[:, :, day + 1] - self.usual_sums[:, :, first]

    def newest(self, window: int, day: int) -> Counts:
        """Of so many days up to this one, without those of an incident that has ended."""
        first = np.maximum(day + 1 - window, self.told_until)
        counts: Counts = self.sums[:, :, day + 1] - self.sums[:, self.streams, first]
        return counts

    def risen(self, day: int, chance: float) -> Iterable[int]:
        """Streams in which one of the windows that end with this day holds too much."""
        found: set[int] = set()
        before_n, before_k = self.usual_counts
        known = before_n >= LEAST_USUAL_REVIEWS
        share = before_k / np.maximum(before_n, 1)
        for window in WINDOWS:
            n, k = self.newest(window, day)
            expected = n * share
            # Cheaper than the tail, and never stricter: most streams of most days end here.
            looked_at = known & (k >= LEAST_COMPLAINTS) & (k >= LEAST_RISE * expected)
            at = np.flatnonzero(looked_at)
            tail = at_least(k[at], n[at], before_k[at], before_n[at])
            found.update(at[tail < chance].tolist())
        return sorted(found)

    def beginning(self, stream: int, day: int) -> Incident:
        """Since the day from which on the counts speak loudest for another share (likelihood)."""
        before_n, before_k = self.usual_counts[:, stream]
        first = max(day + 1 - WINDOWS[-1], self.told_until[stream])
        n, k = (self.sums[:, stream, day + 1, None] - self.sums[:, stream, first : day + 1]).clip(0)
        share = (before_k + 0.5) / (before_n + 1)
        raised = np.where(n > 0, k / np.maximum(n, 1), 0)
        loud = np.where(raised > share, xlogy(k, raised / share), 0) + np.where(
            raised > share, xlogy(n - k, (1 - raised) / (1 - share)), 0
        )
        return Incident(stream, first + int(loud.argmax()), day, None, 0, 0, float(share))

    def quiet_since(self, incident: Incident, day: int) -> int | None:
        """The first of the newest days in which complaints are as usual again."""
        first = day + 1 - QUIET_DAYS
        if first <= incident.start:
            return None
        n, k = self.newest(QUIET_DAYS, day)[:, incident.stream]
        before_n, before_k = self.usual_counts[:, incident.stream]
        again = n > 0 and at_least(k, n, before_k, before_n) > _QUIET_CHANCE
        return first if again else None

    def sized(self, incident: Incident, after: int) -> Incident:
        sums = self.sums[:, incident.stream]
        n, k = sums[:, after] - sums[:, incident.start]
        return replace(incident, reviews=int(n), complaints=int(k))


def at_least(k: ArrayLike, n: ArrayLike, before_k: ArrayLike, before_n: ArrayLike) -> Floats:
    """The chance of k or more complaints in n reviews, after before_k in before_n.

    The upper tail of the beta-binomial distribution, of Jeffreys's prior (Beta(1/2, 1/2)); whole
    numbers, all of one shape.
    """
    a = np.asarray(before_k) + 0.5
    b = np.asarray(before_n) - np.asarray(before_k) + 0.5
    return np.asarray(stats.betabinom.sf(np.asarray(k) - 1, np.asarray(n), a, b))
