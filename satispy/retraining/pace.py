"""Whether a retrain is worth it now: enough new reviews, and long enough after the last one.

What waits is remembered by the table itself: `rows` of it beyond those that were learned. A retrain
is claimed by conditional write before it is started, so that of many who ask one starts it; who
finds a claim that was never confirmed, because its maker died, starts it under the same name.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from satispy.errors import BrokenArtefact, NotFound, NotYet
from satispy.retraining import turn
from satispy.retraining.turn import Turns
from satispy.settings import Settings
from satispy.storage import Store

KEY: Final = "retraining/pace.json"
#: Fewer reviews than are asked for are learned all the same, once they have waited so long.
LONGEST_WAIT: Final = dt.timedelta(days=1)
#: Between a claim and the start of its run.
STARTS_WITHIN: Final = dt.timedelta(minutes=2)
#: Between a claim and the first time its run asks for its turn.
BEGINS_WITHIN: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Pace:
    """What an operator may set."""

    least_rows: int = 1
    least_minutes: float = 0

    @classmethod
    def from_settings(cls, settings: Settings) -> "Pace":
        return cls(settings.min_new_rows, settings.min_minutes)


class Claimed(BaseModel):
    """A retrain of a version with so many rows; without a run it is not known to be started."""

    dataset_version: int
    rows: int
    at: dt.datetime
    again: bool = False  # a version that was trained before: under another name
    run: str = ""
    failed: bool = False
    stopped: bool = False  # by a person: its reviews wait for others, or for somebody to ask


class State(BaseModel):
    dataset: str = ""
    claimed: Claimed | None = None
    learned_rows: int = 0  # of the newest version that was published
    learned_version: int = -1
    waiting_since: dt.datetime | None = None
    drifted: bool = False  # the last report found that reviews change


@dataclass(frozen=True)
class Asked:
    """Who asks for the retrain of a version."""

    dataset: str
    dataset_version: int
    rows: int
    now: dt.datetime
    by_hand: bool = False


@dataclass(frozen=True)
class Start:
    """Claim the retrain of this version and start it, or only start the one that is claimed."""

    dataset_version: int
    anew: bool = True
    again: bool = False


@dataclass(frozen=True)
class Running:
    run: str


def decide(state: State, turns: Turns, asked: Asked, pace: Pace) -> Start | Running | NotYet | None:
    """What becomes of it; None: there is nothing new to learn."""
    if asked.by_hand:
        return Start(asked.dataset_version, again=True)
    claim = state.claimed
    known = state.learned_rows
    if claim and claim.stopped:
        known = claim.rows
    elif claim and not claim.failed:
        covered = claim.dataset_version >= asked.dataset_version
        if not claim.run and covered:
            return Start(claim.dataset_version, anew=False, again=claim.again)
        if not claim.run and asked.now - claim.at > STARTS_WITHIN:  # its maker died
            return Start(asked.dataset_version)
        goes_on = turns.going_on(claim.run, asked.now) or asked.now - claim.at < BEGINS_WITHIN
        if state.learned_version >= claim.dataset_version or goes_on:
            known = claim.rows
            if covered:
                return Running(claim.run)
    # A restore may leave fewer rows than were learned: that is news as well.
    new = abs(asked.rows - known)
    if not new:
        return None
    earliest = claim.at + dt.timedelta(minutes=pace.least_minutes) if claim else asked.now
    waited = asked.now - state.waiting_since if state.waiting_since else dt.timedelta()
    enough = new >= pace.least_rows or state.drifted or waited >= LONGEST_WAIT
    if enough and asked.now >= earliest:
        again = claim is not None and claim.dataset_version == asked.dataset_version
        return Start(asked.dataset_version, again=again)
    return NotYet(new, pace.least_rows, None if asked.now >= earliest else earliest)


Starts = Callable[[int, bool], str]


def ask(store: Store, asked: Asked, pace: Pace, start: Starts) -> str | None:
    """The run that learns what there is: just started, or going on; None if nothing is new.

    Raises NotYet, with the reason, while it is not worth it. `start` gets a version and whether it
    was trained before, and returns the run; of one that was not it starts one, however often asked.
    """
    verdict: Start | Running | NotYet | None = None

    def claim(data: bytes | None) -> bytes | None:
        nonlocal verdict
        state = _parse(data, asked.dataset)
        verdict = decide(state, turn.read(store), asked, pace)
        if isinstance(verdict, NotYet) and state.waiting_since is None:
            state.waiting_since = asked.now
        elif isinstance(verdict, Start) and verdict.anew:
            state.claimed = Claimed(
                dataset_version=verdict.dataset_version,
                rows=asked.rows,
                at=asked.now,
                again=verdict.again,
            )
            state.waiting_since, state.drifted = None, False
        else:
            return None
        return state.model_dump_json().encode()

    store.update(KEY, claim)
    if isinstance(verdict, NotYet):
        raise verdict
    if isinstance(verdict, Running):
        return verdict.run
    if verdict is None:
        return None
    run = start(verdict.dataset_version, verdict.again)
    _confirm(store, asked.dataset, verdict.dataset_version, run)
    return run


def _confirm(store: Store, dataset: str, version: int, run: str) -> None:
    def change(data: bytes | None) -> bytes | None:
        state = _parse(data, dataset)
        if not state.claimed or state.claimed.dataset_version != version:
            return None
        state.claimed.run = run
        return state.model_dump_json().encode()

    store.update(KEY, change)


def ended(store: Store, dataset: str, run: str, *, trained: bool, drifted: bool = False) -> None:
    """The run has published, or failed: then what it was to learn waits again."""

    def change(data: bytes | None) -> bytes | None:
        state = _parse(data, dataset)
        claim = state.claimed
        if (
            not claim
            or claim.stopped
            or claim.run not in ("", run)
            or turn.order(run)[0] != claim.dataset_version
        ):
            return None
        claim.run = run
        claim.failed = not trained
        if trained:
            state.learned_rows, state.learned_version = claim.rows, claim.dataset_version
            state.drifted = drifted
        return state.model_dump_json().encode()

    store.update(KEY, change)


def stopped(store: Store, run: str) -> bool:
    """The run is not to go on: whether it is the one that was to, also when this is said again.
    What it was to learn is learned with what comes next, or once somebody asks."""
    found = False

    def change(data: bytes | None) -> bytes | None:
        nonlocal found
        state = parse(KEY, data or b"{}")
        claim = state.claimed
        trained = turn.read(store).trained
        over = claim and (claim.failed or (trained and trained.run == run))
        found = bool(claim and claim.run == run and not over)
        if claim is None or claim.stopped or not found:
            return None
        claim.stopped, claim.failed = True, False
        return state.model_dump_json().encode()

    store.update(KEY, change)
    return found


def rows_of(store: Store, run: str) -> int:
    """Of the version that a run learns, as it was claimed; 0 where none was, or another one."""
    try:
        claim = parse(KEY, store.read(KEY)).claimed
    except (NotFound, BrokenArtefact):
        return 0
    return claim.rows if claim and turn.order(run)[0] == claim.dataset_version else 0


def _parse(data: bytes | None, dataset: str) -> State:
    """Of this dataset; one that is begun anew has learned nothing."""
    try:
        state = parse(KEY, data or b"{}")
    except BrokenArtefact:  # rubbish in its place is written over
        state = State()
    return state if state.dataset == dataset else State(dataset=dataset)


def parse(key: str, data: bytes) -> State:
    """Raises BrokenArtefact."""
    try:
        return State.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not what retrains write of themselves") from error
