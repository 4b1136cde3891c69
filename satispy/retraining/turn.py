"""Whose turn it is to train: a lease with an expiry, taken by conditional write.

One retrain at a time, and the newest wins (docs/decisions/0012).
"""

import datetime as dt
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound, SatispyError
from satispy.storage import Store

log = logging.getLogger(__name__)

KEY: Final = "retraining/turn.json"
#: Longer than two steps with one retry each; a run takes its turn again before it publishes.
LEASE: Final = dt.timedelta(minutes=90)
#: A run that waits asks every few seconds; one that has not asked for so long is no more.
ASKS_AGAIN: Final = dt.timedelta(minutes=10)

Turn = Literal["go", "wait", "superseded"]


class Held(BaseModel):
    """A run, and when this was true of it, or until when."""

    run: str
    at: dt.datetime


class Turns(BaseModel):
    dataset: str = ""  # its id: one that is begun anew counts its versions anew
    holder: Held | None = None  # until when
    newest: Held | None = None  # of those that asked: when it last did
    trained: Held | None = None  # the newest that published: when

    def going_on(self, run: str, now: dt.datetime) -> bool:
        """Whether this run trains or waits to."""
        if self.holder and self.holder.run == run and self.holder.at > now:
            return True
        return bool(self.newest and self.newest.run == run and now - self.newest.at < ASKS_AGAIN)


def order(run: str) -> tuple[int, int]:
    """(3, 2) of "v00003-2": the dataset version, then how often it was started."""
    if not (match := re.fullmatch(r"v(\d+)(?:-(\d+))?", run)):
        raise SatispyError("%(run)s is not the name of a run: v00003 or v00003-2", run=run)
    return int(match[1]), int(match[2] or 1)


def take(store: Store, run: str, now: dt.datetime, dataset: str = "") -> Turn:
    """Take the turn, or keep it for another lease.

    A newer run that waits, trains or has trained holds every review of this one, so this one need
    not. A newer run that failed does not count: somebody must learn from those reviews.
    """
    mine = order(run)
    answer: Turn = "wait"

    def change(data: bytes | None) -> bytes | None:
        nonlocal answer
        turns = _parse(data)
        if turns.dataset != dataset:
            turns = Turns(dataset=dataset, holder=turns.holder)
        held = turns.holder if turns.holder and turns.holder.at > now else None
        asks = turns.newest if turns.newest and now - turns.newest.at < ASKS_AGAIN else None
        if held and held.run == run:
            answer = "go"
        elif any(each and order(each.run) > mine for each in (held, asks, turns.trained)):
            answer = "superseded"
            return None
        else:
            answer = "wait" if held else "go"
        if not asks or order(asks.run) <= mine:
            turns.newest = Held(run=run, at=now)
        if answer == "go":
            turns.holder = Held(run=run, at=now + LEASE)
        return turns.model_dump_json().encode()

    store.update(KEY, change)
    return answer


def give_back(store: Store, run: str, now: dt.datetime, *, trained: bool) -> None:
    """The run is over; the next may go at once."""

    def change(data: bytes | None) -> bytes | None:
        turns = _parse(data)
        if turns.holder and turns.holder.run == run:
            turns.holder = None
        if turns.newest and turns.newest.run == run:
            turns.newest = None
        if trained:
            turns.trained = Held(run=run, at=now)
        return turns.model_dump_json().encode()

    store.update(KEY, change)


@contextmanager
def kept(store: Store, run: str, every: dt.timedelta = LEASE / 6) -> Iterator[None]:
    """What this run does within may take longer than a lease: the turn that it has is renewed.

    Raises Conflict at the end where another run has the turn all the same, as after a night in
    which the store did not answer: nothing is to be published then.
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(every.total_seconds()):
            try:
                store.update(KEY, lambda data: _renewed(data, run))
            except SatispyError as error:  # there are five more tries in a lease
                log.warning("the turn of %s was not renewed: %s", run, error)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
    holder = read(store).holder
    if holder and holder.run != run and holder.at > dt.datetime.now(dt.UTC):
        raise Conflict(
            "%(run)s has lost its turn to %(other)s: what it has learned is not used",
            run=run,
            other=holder.run,
        )


def _renewed(data: bytes | None, run: str) -> bytes | None:
    turns = _parse(data)
    if turns.holder is None or turns.holder.run != run:
        return None
    turns.holder.at = dt.datetime.now(dt.UTC) + LEASE
    return turns.model_dump_json().encode()


def read(store: Store) -> Turns:
    try:
        return _parse(store.read(KEY))
    except NotFound:
        return Turns()


def clear(store: Store) -> None:
    """No run goes on: the state machine has forgotten them all."""
    if store.exists(KEY):
        store.delete(KEY)


def _parse(data: bytes | None) -> Turns:
    try:
        return parse(KEY, data or b"{}")
    except BrokenArtefact:  # rubbish in its place is written over
        return Turns()


def parse(key: str, data: bytes) -> Turns:
    """Raises BrokenArtefact."""
    try:
        return Turns.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not what retrains write of themselves") from error
