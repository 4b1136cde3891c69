"""Edits, deletions and reorderings of the journal, found by verify; what served on random dates.

TAMPERED (default 1,000): each of a journal of ENTRIES (100) that is whole before, and after it is
put right again. Half of the edits and reorderings make the hashes of what they touch anew. The head
is known from elsewhere, as `satispy audit verify --head` takes it. Dates are random ones over 500
promotions, a third of them rollbacks, and some just before and after one.
"""

import json
import os
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from satispy import journal
from satispy.errors import NotFound
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import canonical, hash_of, key_of
from satispy.journal.verify import verify
from satispy.models.family import FAMILIES
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.registry.served import served
from satispy.storage import Store

TAMPERED = int(os.environ.get("TAMPERED", "1000"))
ENTRIES = int(os.environ.get("ENTRIES", "100"))
PROMOTIONS, DATES = 500, 1_000

Tamper = Callable[[Store, random.Random, int], None]


def run() -> dict[str, object]:
    found = tampered(TAMPERED, ENTRIES)
    print(f"  {found:,} of {TAMPERED:,} edits, deletions and reorderings found")
    right = right_dates(PROMOTIONS, DATES)
    print(f"  {right:,} of {DATES:,} dates right, over {PROMOTIONS:,} promotions and rollbacks")
    return {"tampered": TAMPERED, "found": found, "dates": DATES, "right": right}


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


def right_dates(promotions: int, dates: int) -> int:
    """For how many dates what served is told for every family, against what was written down."""
    chance = random.Random(21)
    bench = Actor(who="bench", via="cli")
    now = begin = datetime(2020, 1, 1, tzinfo=UTC)
    tags: dict[str, str] = {}
    known: list[tuple[datetime, dict[str, str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.folder(Path(folder))
        for number in range(promotions):
            now += timedelta(seconds=chance.randint(1, 500_000))
            family = chance.choice(FAMILIES)
            if len(known) > 30 and chance.random() < 1 / 3:
                changed = pointer.rollback(store, family, now, bench)
            else:
                changed = pointer.promote(store, family, _version(number, now), "better", bench)
            tags = {**tags, family: changed.families[family].tag}
            known.append((now, tags))
        right = 0
        for _ in range(dates):
            asked = begin + (now - begin) * chance.uniform(-0.01, 1.05)
            if chance.random() < 0.3:
                asked = chance.choice(known)[0] + timedelta(seconds=chance.choice([-1, 0, 1]))
            expected = [serving for when, serving in known if when <= asked]
            try:
                right += served(store, asked).then.tags == expected[-1]
            except NotFound:
                right += not expected
    return right


def _version(number: int, since: datetime) -> Production:
    return Production(
        tag=f"satispy-model:v{number:05d}",
        archive="",
        digest="",
        run=f"v{number:05d}",
        dataset_version=number,
        since=since,
        accuracy=0.9,
    )


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
