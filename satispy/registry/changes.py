"""Changes of what serves, numbered from the first, each entered in the journal.

A change is written with the pointer, in one write, and goes to the journal from there: who dies in
between loses none, the next writer enters it.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from satispy import journal
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.journal import Actor, Anchor, Fact, What
from satispy.storage import Store

log = logging.getLogger(__name__)

Kind = Literal["promoted", "rolled_back", "default"]
_CODES: Final[dict[Kind, What]] = {
    "promoted": What.MODEL_PROMOTED,
    "rolled_back": What.MODEL_ROLLED_BACK,
    "default": What.MODEL_DEFAULT,
}
_KINDS: Final[dict[str, Kind]] = {code: kind for kind, code in _CODES.items()}


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class Production(Record):
    """The version of one family that serves."""

    tag: str
    archive: str = Field(description="Key of its archive in the bucket")
    digest: str
    run: str
    dataset_version: int
    rows: int = Field(default=0, description="Of that dataset version")
    split: Literal["identity", "published"] = Field(
        default="published", description="Which rows it learned from: `satispy.runs.split`"
    )
    since: datetime
    accuracy: float


class Serving(Record):
    """Tags by family, `aspects` included, and the family that answers when none is asked for."""

    tags: dict[str, str]
    default_model: str | None


class Change(Record):
    """What took the place of what, whose doing it was and why.

    Of the default model, `family` is the new one, and `was` the one before.
    """

    number: int
    kind: Kind
    when: datetime = Field(description="Since when it serves, never before the change before")
    family: str
    tag: str
    was: str | None = Field(default=None, description="The tag of before, or the default model")
    replaced: Production | None = None
    below: int | None = Field(
        default=None, description="Change that replaced what would come back after `replaced`"
    )
    reason: str
    code: str = Field(default="", description="Of a retrain's reason, as its report has it")
    by: Actor
    then: Serving


def enter(store: Store, changes: Iterable[Change]) -> Anchor | None:
    """Enter them in the journal, in their order and each once; the newest entry of them. None where
    the journal cannot be written: they wait with the pointer."""
    newest = None
    try:
        for change in changes:
            newest = journal.record(store, _fact(change), _event(change.number)).anchor
    except SatispyError as error:
        log.warning("what serves has changed, and is to be entered in the journal: %s", error)
        return None
    return newest


def find(store: Store, number: int) -> Change:
    """Raises NotFound where it was not entered, and BrokenArtefact."""
    entry = journal.entered(store, _event(number))
    if entry is None:
        raise NotFound(
            "change %(number)s of what serves is not in the journal: `satispy audit "
            "verify` tells whether something was taken from it",
            number=number,
        )
    about: dict[str, Any] = {"reason": entry.why, "by": entry.by, "when": entry.at}
    about |= {"kind": _KINDS.get(entry.what), "family": entry.on}
    try:
        return Change.model_validate({**entry.after["change"], **about})  # type: ignore[dict-item]
    except (ValidationError, KeyError, TypeError) as error:
        raise BrokenArtefact(
            "entry %(number)s is not a change of what serves", number=entry.number
        ) from error


def count(store: Store) -> int:
    """The number of the newest change that was entered, 0 if none was: doubled, then halved."""

    def known(number: int) -> bool:
        return store.exists(journal.event_key(_event(number)))

    high = 1
    while known(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if known(middle) else (low, middle)
    return low


def _event(number: int) -> str:
    return f"change {number} of what serves"


def _fact(change: Change) -> Fact:
    about = {"kind", "when", "family", "reason", "by"}
    what = "default_model" if change.kind == "default" else "tag"
    now = change.then.default_model if change.kind == "default" else change.tag
    return Fact(
        by=change.by,
        what=_CODES[change.kind],
        on=change.family,
        why=change.reason,
        at=change.when,
        before={what: change.was},
        after={what: now, "change": change.model_dump(mode="json", exclude=about)},
    )
