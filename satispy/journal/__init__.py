"""Who did what and when: an append-only log in the bucket, each entry holding the hash of the one
before (docs/decisions/0067)."""

from satispy.journal.entries import Actor, Anchor, Entry, Fact, What
from satispy.journal.log import acting, between, entered, entry, event_key, head, last, record

__all__ = [
    "Actor",
    "Anchor",
    "Entry",
    "Fact",
    "What",
    "acting",
    "between",
    "entered",
    "entry",
    "event_key",
    "head",
    "last",
    "record",
]
