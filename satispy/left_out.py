"""Objects that are skipped, because nobody can name or parse them: found, to be named to people.

Whoever puts one object of rubbish in the bucket must not stop anything; but who put it there in
good faith, an upload under an odd key for instance, must get to know.
"""

from collections.abc import Iterable
from contextlib import suppress

from satispy.accounts import Accounts
from satispy.errors import BrokenArtefact, NotAllowed
from satispy.keys import LeftOut
from satispy.registry import pointer
from satispy.reports import store as reports
from satispy.reviews import inbox, receipts
from satispy.storage import Store

#: What is listed by anybody.
PREFIXES = ("uploads", "inbox", "accounts", "receipts", "reports", "runs", "models", "reviews")
#: Keys of a prefix that are looked at by who looks all the time: what S3 lists at once.
LOOKED_AT = 1_000


def find(store: Store, newest: int | None = None) -> tuple[LeftOut, ...]:
    """All of them, by key; of receipts and reports, which only grow, perhaps the newest only."""
    return by_key(
        but_receipts_and_reports(store),
        receipts.survey(store, newest)[1],
        reports.survey(store, newest)[1],
    )


def but_receipts_and_reports(store: Store, most: int | None = None) -> list[LeftOut]:
    """Those that are found without reading what grows with each upload; perhaps only among the
    first keys of each prefix."""
    listings = [store.listing(name, exact=True, most=most) for name in PREFIXES]
    return [each for listing in listings for each in listing.left_out] + _unparsed(store)


def _unparsed(store: Store) -> list[LeftOut]:
    """Accounts, posts and the pointer that are none."""
    found: list[LeftOut] = []
    with suppress(NotAllowed):  # not everybody who looks may read password hashes
        found += Accounts(store).survey()[1]
    found += inbox.left_out(store)
    try:
        pointer.read(store)
    except BrokenArtefact as error:
        found.append(LeftOut(pointer.KEY, error.sentence))
    return found


def by_key(*found: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Each key once, sorted."""
    once = {each.key: each for some in found for each in some}
    return tuple(once[key] for key in sorted(once))


def in_words(found: Iterable[LeftOut], most: int = 20) -> str:
    """`2 objects are left out: …`, one a line; empty if there are none."""
    found = list(found)
    if not found:
        return ""
    what = "object is" if len(found) == 1 else "objects are"
    lines = [f"{len(found)} {what} left out:", *(f"  {each}" for each in found[:most])]
    return "\n".join([*lines, f"  … and {len(found) - most} more"] if found[most:] else lines)
