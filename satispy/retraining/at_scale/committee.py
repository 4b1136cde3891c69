"""Which rows of a partition each member of a committee learns from, and what they weigh."""

from dataclasses import dataclass

import numpy as np

from satispy.models.training.rows import FIRST_REVIEWS
from satispy.retraining.at_scale.blocks import PRIMER, Blocks


@dataclass(frozen=True)
class Committee:
    """As `TrainingRows.splits` and `TrainingRows.weights`, of one partition at a time."""

    members: int
    seed: int
    primer_weight: float
    primer_rows: int
    #: Reviews, and sentences of the primer, of all partitions.
    reviews: int
    sentences: int

    def parts(self, numbers: list[int]) -> list[int]:
        return [*numbers, PRIMER] if self.sentences else numbers

    def member_of(self, part: int, blocks: Blocks) -> np.ndarray:
        """The member that leaves each row out."""
        [folds] = blocks.load(part, "folds")
        return np.asarray(folds % self.members)

    def learned(self, part: int, rows: int) -> np.ndarray:
        """Which rows any member learns from: of the primer a part, drawn once."""
        if part != PRIMER:
            return np.ones(rows, dtype=bool)
        drawn = np.zeros(rows, dtype=bool)
        drawn[np.random.default_rng(0).permutation(rows)[: self.primer_rows]] = True
        return drawn

    def weight(self, part: int) -> float:
        if part != PRIMER:
            return 1.0
        learned = min(self.primer_rows, self.sentences)
        if not (self.reviews and learned):
            return self.primer_weight
        return min(self.primer_weight, max(self.reviews, FIRST_REVIEWS) / learned)
