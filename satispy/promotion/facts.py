"""All that is known of the rows of one run, for judging models on them."""

from dataclasses import dataclass

import numpy as np

from satispy.reports.evaluation import baselines, length_group
from satispy.reports.schema import Metrics
from satispy.reviews import ReviewSet, ReviewTable
from satispy.runs.prepared import Prepared, key
from satispy.runs.split import Split, learned_from
from satispy.storage import Store


@dataclass(frozen=True)
class Evidence:
    """The test rows of a run (in merge order), and the reviews that they are part of."""

    reviews: ReviewSet
    ready: Prepared
    #: Row number of each test row.
    rows: np.ndarray
    documents: list[list[str]]
    labels: np.ndarray
    unseen: np.ndarray

    @classmethod
    def gather(cls, store: Store, run: str, dataset_version: int) -> "Evidence":
        ready = Prepared.from_bytes(store.read(key(run)))
        reviews = ReviewTable(store).read(dataset_version)
        return cls(reviews, ready, np.flatnonzero(ready.test), *ready.testing())

    @property
    def stars(self) -> list[int]:
        return [self.reviews.stars[at] for at in self.rows]

    def comment(self, test_row: int) -> str:
        """Masked, as the table keeps it."""
        return str(self.reviews.comments[int(self.rows[test_row])])

    def groups(self) -> dict[str, list[str]]:
        """What the test rows may be sliced by."""
        return self._facts(self.rows) | {"stars": [str(star) for star in self.stars]}

    def baselines(self) -> dict[str, Metrics]:
        training = np.flatnonzero(~self.ready.test)
        return baselines(
            self._facts(training), self.ready.labels[training], self._facts(self.rows), self.labels
        )

    def new_to(self, split: Split, rows: int) -> np.ndarray:
        """Which test rows a model did not learn from that was trained when there were `rows`.

        All of them, unless it was trained on another split.
        """
        return np.asarray(~learned_from(split, self.reviews.ids, rows)[self.rows])

    def _facts(self, rows: np.ndarray) -> dict[str, list[str]]:
        return {
            "source": [self.reviews.sources[at] or "unknown" for at in rows],
            "company": [self.reviews.companies[at] or "unknown" for at in rows],
            "length": [length_group(len(self.ready.tokens[at])) for at in rows],
        }
