"""Which family answers when none is asked for."""

import numpy as np

from satispy.promotion.facts import Evidence
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.storage import Store


def choose_champion(store: Store, models: ModelStore, evidence: Evidence) -> None:
    """The family in production that is right most often on the newest test rows.

    Of those only rows that no model in production learned from. The accuracy that each had in its
    own run is of other rows: it would crown whoever was tested on the easiest.
    """
    now = pointer.read(store)
    serving = now.families
    fair = np.logical_and.reduce(
        [evidence.new_to(each.split, each.rows) for each in serving.values()]
    )
    labels = evidence.labels[fair]
    if not len(labels):
        return
    documents = [evidence.documents[at] for at in np.flatnonzero(fair)]
    right = {}
    for family, production in serving.items():
        models.fetch(production.tag, store)
        said, _ = models.load(production.tag).probabilities(documents)
        right[family] = int(((said >= 0.5) == labels).sum())
    best = max(right.values())
    # Of equals the one that answers now goes on.
    if right.get(now.champion or "") != best:
        pointer.name_champion(store, max(right, key=lambda family: right[family]))
