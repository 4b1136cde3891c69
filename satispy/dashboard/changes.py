"""What people changed of what serves, as the journal has it: read a few entries at a look."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from satispy.errors import BrokenArtefact, NotFound
from satispy.registry.changes import Change, find
from satispy.registry.promoted import Promoted
from satispy.storage import Store

#: The newest changes that are looked at, those of the pipeline among them; older ones stand in the
#: journal only.
MOST = 100
#: Changes that one look asks for, with three requests each: until all are known, the next goes on.
AT_A_LOOK = 10


@dataclass(frozen=True)
class Changes:
    #: By number; None: the pipeline's, or not to be read.
    known: Mapping[int, Change | None] = field(default_factory=dict)

    @property
    def by_people(self) -> tuple[Change, ...]:
        """The oldest first."""
        return tuple(change for _, change in sorted(self.known.items()) if change is not None)

    def refreshed(self, store: Store, promoted: Promoted | None) -> "Changes":
        """Itself, without a request, if all are known. Raises StorageUnreachable."""
        newest = promoted.changes if promoted else None
        if promoted is None or newest is None:
            return Changes() if self.known else self
        wanted = range(newest, max(0, newest - MOST), -1)
        # Numbers above the newest are of a bucket that was begun anew.
        known = self.known if max(self.known, default=0) <= newest else {}
        missing = [number for number in wanted if number not in known][:AT_A_LOOK]
        if not missing and known is self.known:
            return self
        waiting = {each.number: each for each in promoted.unrecorded}
        found = {number: _by_people(store, number, waiting) for number in missing}
        kept = {number: change for number, change in known.items() if number in wanted}
        return Changes({**kept, **found})


def _by_people(store: Store, number: int, waiting: Mapping[int, Change]) -> Change | None:
    try:
        change = waiting.get(number) or find(store, number)
    except (NotFound, BrokenArtefact):  # `satispy audit verify` tells of it
        return None
    return None if change.by.via == "pipeline" else change
