"""What can go wrong, as a tree.

SatispyError              a message for people: what happened, and what to do about it
├── UploadRefused         the whole file is refused: unreadable bytes, wrong columns
├── NotFound              a key, version, model or run that does not exist
│   └── UnusableKey       a key under which nothing can be stored by us
├── Conflict              somebody else wrote first; read again and retry
├── BrokenArtefact        bytes that are not what their digest or format says
├── BrokenTaxonomy        a file of aspects that does not say what it must
├── NotYet                a retrain that is not worth it now; what waits is not forgotten
├── NoModel               nothing is promoted yet for what was asked
├── TooLarge              beyond a documented limit
├── TooManyTries          passwords are not looked at for some seconds
├── Forbidden             the visitor of the app may not do this, or is signed in no longer
├── RequestRefused        the prediction service does not take this request
├── ServiceUnreachable    the prediction service does not answer
├── StorageUnreachable    the bucket does not answer, or not to us
│   └── NotAllowed        it answers that we may not: encrypted with another key, archived, no right
├── EngineLost            the scheduler of Dask does not answer; the step may be tried again
├── NoPlace               neither a stack that is up nor AWS was meant: nowhere to talk to
└── StackError            the local stack: a taken port, a server that does not come up
"""

import math
from datetime import datetime


class SatispyError(Exception):
    """The message says what happened and what to do about it."""


class UploadRefused(SatispyError):
    """The whole file is refused; nothing of it was merged."""


class NotFound(SatispyError):
    """What was asked for does not exist."""


class UnusableKey(NotFound):
    """No object can be read or written under this key: it is no path."""


class Conflict(SatispyError):
    """Somebody else wrote first; read again and retry."""


class BrokenArtefact(SatispyError):
    """Bytes that are not what their digest or format says."""


class BrokenTaxonomy(SatispyError):
    """A file of aspects, `models/taxonomy.toml` of the bucket, that does not say what it must."""


class NotYet(SatispyError):
    """A retrain is not worth it now: too few new reviews, or too soon after the last one."""

    def __init__(self, rows: int, least: int, earliest: datetime | None) -> None:
        self.rows = rows
        self.least = least
        self.earliest = earliest
        few = f"{rows:,} of at least {least:,} new reviews" if rows < least else ""
        soon = f"the next may start at {earliest:%H:%M} UTC" if earliest else ""
        super().__init__("; ".join(filter(None, (few, soon))) or f"{rows:,} new reviews wait")


class NoModel(SatispyError):
    """Nothing is promoted yet for what was asked."""


class TooLarge(SatispyError):
    """Beyond a documented limit."""


class TooManyTries(SatispyError):
    """No password is looked at for so long; it may be the right one."""

    def __init__(self, reason: str, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        wait = f"{self.seconds} s" if self.seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
        super().__init__(
            f"{reason}: nothing was looked at; wait {wait}, then send the request again"
        )


class Forbidden(SatispyError):
    """This visitor of the app may not do what was asked: the role, or a visit that has ended."""

    def __init__(self, message: str, *, signed_out: bool = False) -> None:
        self.signed_out = signed_out
        super().__init__(message)


class StorageUnreachable(SatispyError):
    """The bucket does not answer, or not to us."""


class NotAllowed(StorageUnreachable):
    """The bucket answers, and refuses: another key's encryption, an archive, no right."""


class RequestRefused(SatispyError):
    """The prediction service does not take this request; the message says why."""


class ServiceUnreachable(SatispyError):
    """The prediction service does not answer, even after retries."""


class StackError(SatispyError):
    """The local stack cannot do what was asked."""


class EngineLost(SatispyError):
    """The scheduler of Dask does not answer, or no more: the step may be tried again."""


class NoPlace(SatispyError):
    """Neither a stack that is up nor AWS: there is nowhere to talk to."""
