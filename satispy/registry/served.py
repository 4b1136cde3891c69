"""What served at a date, from the journal: found by halving, however many changes there were."""

from datetime import datetime

from satispy.errors import NotFound
from satispy.registry import pointer
from satispy.registry.changes import Change, find
from satispy.storage import Store


def served(store: Store, when: datetime) -> Change:
    """The change after which `when` came: its `then` served. Raises NotFound where nothing had been
    promoted by then."""
    now = pointer.read(store)
    if now.families and (now.changes is None or now.unrecorded):
        now = pointer.update(store, lambda now: now)  # what waits is entered first
    waiting = {each.number: each for each in now.unrecorded}

    def change(number: int) -> Change:
        return waiting.get(number) or find(store, number)

    low, high = 0, now.changes or 0
    found = None
    while low < high:
        middle = (low + high + 1) // 2
        if (asked := change(middle)).when <= when:
            low, found = middle, asked
        else:
            high = middle - 1
    if found is None:
        raise NotFound("nothing was promoted by %(when)s", when=when)
    return found
