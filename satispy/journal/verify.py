"""Whether the journal is what was entered: the first entry that is not, and what is wrong with it.

The chain of hashes shows what was edited, deleted or moved. Whoever may write to the bucket past
our policies can make every hash anew, or cut the newest entries off: that is found by *anchors*,
hashes of entries that are kept elsewhere.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ValidationError

from satispy.errors import BrokenArtefact, NotFound
from satispy.journal.entries import NOTHING, Anchor, Entry, key_of, read
from satispy.journal.log import EVENTS, Event, head, stored
from satispy.sentence import Sentence
from satispy.storage import Store

Trouble = Literal["edited", "deleted", "moved", "truncated"]
#: Of the newest marks of events, which are anchors too.
_MARKS: Final = 100


@dataclass(frozen=True)
class Finding:
    """The first entry that is not what was entered."""

    number: int
    trouble: Trouble
    reason: Sentence

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def sentence(self) -> Sentence:
        return Sentence("entry %(number)s %(reason)s", number=self.number, reason=self.reason)


@dataclass(frozen=True)
class Verdict:
    entries: int
    head: Anchor
    first_bad: Finding | None


def verify(store: Store, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Every entry is read. `anchors`: entries as they are known from elsewhere."""
    found = head(store)
    known = {each.number: each.hash for each in (*_marks(store), *anchors) if each.number}
    bad = _first_bad(store, found.number, known)
    if bad is None and (reaches := max(known, default=0)) > found.number:
        reason = Sentence(
            "is gone, as all after it: entries up to %(reaches)s are known to have been there",
            reaches=reaches,
        )
        bad = Finding(found.number + 1, "truncated", reason)
    return Verdict(found.number, found, bad)


def _first_bad(store: Store, newest: int, known: Mapping[int, str]) -> Finding | None:
    hash_before = NOTHING
    sure = 0  # the newest entry that an anchor agrees with
    for number, data in stored(store, range(1, newest + 1)):
        if data is None:
            return Finding(number, "deleted", Sentence("is not there: it was deleted"))
        try:
            entry = read(data)
        except BrokenArtefact as error:
            return Finding(number, "edited", error.sentence)
        if entry.number != number:
            reason = Sentence(
                "is not in its place: entry %(other)s stands there", other=entry.number
            )
            return Finding(number, "moved", reason)
        if entry.previous != hash_before:
            # Its word against that of the entry before; the entry after decides.
            bad = number if number == 1 or _doubted(store, entry) else number - 1
            reason = Sentence("was written anew: the entry after it was made after another one")
            if bad == number:
                reason = Sentence(
                    "was written anew, or moved: it was not made after the entry before it"
                )
            return Finding(bad, "edited", reason)
        if known.get(number, entry.hash) != entry.hash:
            return Finding(number, "edited", _not_known(sure + 1, number))
        if number in known:
            sure = number
        hash_before = entry.hash
    return None


def _not_known(first: int, number: int) -> Sentence:
    """Of an entry that an anchor does not agree with; first: of those that it may be."""
    if first == number:
        return Sentence("is not the one that was known: it was written anew, and all since")
    return Sentence(
        "is not the one that was known: one of the entries %(first)s to %(number)s was written"
        " anew, and all since",
        first=first,
        number=number,
    )


def _doubted(store: Store, entry: Entry) -> bool:
    """Whether the entry after it was made after another one."""
    try:
        return read(store.read(key_of(entry.number + 1))).previous != entry.hash
    except (NotFound, BrokenArtefact):
        return False


def _marks(store: Store) -> list[Anchor]:
    newest = sorted(store.list(EVENTS), key=lambda each: each.modified)[-_MARKS:]
    found = []
    for each in newest:
        with suppress(ValidationError):
            found.append(Event.model_validate_json(store.read(each.key)).after)
    return found
