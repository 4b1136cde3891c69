"""Short labelled French sentences that every retrain learns from beside the reviews.

Customers who write little are mostly glad, so reviews alone teach that short is positive. These
sentences say what is meant instead: a grammar of our own, about as many of each polarity in each
aspect and form, so that neither a topic (« retard », « remboursement ») nor a length decides.
"""

import hashlib
from collections.abc import Sequence
from functools import cache

from satispy.primer.grammar import Sentence, write

#: Changes with every change of the sentences; models remember which they learned from.
VERSION = "7"


@cache
def sentences() -> Sequence[Sentence]:
    """All of them, no two the same to the text pipeline, in an order that never changes."""
    return write()


@cache
def digest() -> str:
    """SHA-256 of texts and labels."""
    hashed = hashlib.sha256()
    for each in sentences():
        hashed.update(f"{each.label} {each.text}\n".encode())
    return hashed.hexdigest()
