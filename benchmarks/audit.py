"""Edits, deletions and reorderings of the journal, found by verify; what served on random dates.

TAMPERED (default 1,000): each of a journal of ENTRIES (100) that is whole before, and after it is
put right again. Half of the edits and reorderings make the hashes of what they touch anew. The head
is known from elsewhere, as `satispy audit verify --head` takes it.
"""

import json
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from satispy import journal
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import canonical, hash_of, key_of
from satispy.journal.verify import verify
from satispy.storage import Store

TAMPERED = int(os.environ.get("TAMPERED", "1000"))
ENTRIES = int(os.environ.get("ENTRIES", "100"))

Tamper = Callable[[Store, random.Random, int], None]


def run() -> dict[str, object]:
    found = tampered(TAMPERED, ENTRIES)
    print(f"  {found:,} of {TAMPERED:,} edits, deletions and reorderings found")
    return {"tampered": TAMPERED, "found": found}


def tampered(count: int, entries: int) -> int:
    """How many of them were found."""
    chance = random.Random(20)
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        store = Store.folder(Path(folder))
        anne = Actor(who="anne", via="cli")
        for at in range(entries):
            journal.record(store, Fact(by=anne, what=What.ACCOUNT_SET, on=f"user{at}"))
        keys = [key_of(number) for number in range(1, entries + 1)]
        whole = {key: store.read(key) for key in keys}
        head = journal.head(store)
        for at in range(count):
            tamper = (edit, delete, reorder)[at % 3]
            tamper(store, chance, entries)
            found += verify(store, [head]).first_bad is not None
            for key in keys:
                if not store.exists(key) or store.read(key) != whole[key]:
                    store.write(key, whole[key])
            if verify(store, [head]).first_bad is not None:
                raise AssertionError("a journal that was put right is not whole")
    return found


def edit(store: Store, chance: random.Random, entries: int) -> None:
    number = chance.randint(1, entries)
    about = json.loads(store.read(key_of(number)))
    name = chance.choice(["by", "what", "on", "why", "at", "when", "after", "event", "previous"])
    about[name] = {
        "by": {"who": "eve", "via": "cli"},
        "at": "2020-01-01T00:00:00+00:00",
        "when": "2020-01-01T00:00:00+00:00",
        "after": {"role": "admin"},
        "what": "account.removed",
    }.get(name, "f" * 64)
    _write(store, number, about, anew=chance.random() < 0.5)


def delete(store: Store, chance: random.Random, entries: int) -> None:
    """One, or the newest ones."""
    first = chance.randint(1, entries)
    last = first if chance.random() < 0.5 else entries
    for number in range(first, last + 1):
        store.delete(key_of(number))


def reorder(store: Store, chance: random.Random, entries: int) -> None:
    """Two change places; half of them take the number of their new place, and a hash to fit."""
    a, b = chance.sample(range(1, entries + 1), 2)
    of_a, of_b = (json.loads(store.read(key_of(number))) for number in (a, b))
    anew = chance.random() < 0.5
    if anew:
        of_a["number"], of_b["number"] = b, a
    _write(store, a, of_b, anew=anew)
    _write(store, b, of_a, anew=anew)


def _write(store: Store, number: int, about: dict[str, object], *, anew: bool) -> None:
    if anew:
        about["hash"] = hash_of(about)
    store.write(key_of(number), canonical(about))
