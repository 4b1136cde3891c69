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

from satispy.sentence import Count, Sentence


class SatispyError(Exception):
    """The message says what happened and what to do about it; values: for `%(…)s` in it.

    `str` is the English. Where somebody reads it, `satispy.locales.messages.told` puts it into
    the reader's language.
    """

    def __init__(self, message: str | Sentence, /, **values: object) -> None:
        said = message if isinstance(message, Sentence) else Sentence(message, **values)
        super().__init__(str(said))
        self.sentence = said


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
        few = Sentence(
            "%(rows)s of at least %(least)s new reviews", rows=Count(rows), least=Count(least)
        )
        soon = Sentence("the next may start at %(earliest)s", earliest=earliest)
        if rows >= least:
            waits = Sentence("%(rows)s new reviews wait", rows=Count(rows))
            super().__init__(soon if earliest else waits)
        elif earliest:
            super().__init__("%(few)s; %(soon)s", few=few, soon=soon)
        else:
            super().__init__(few)


class NoModel(SatispyError):
    """Nothing is promoted yet for what was asked."""


class TooLarge(SatispyError):
    """Beyond a documented limit."""


class TooManyTries(SatispyError):
    """No password is looked at for so long; it may be the right one."""

    def __init__(self, reason: Sentence, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        minutes = Sentence("%(minutes)s minutes", minutes=math.ceil(seconds / 60))
        super().__init__(
            "%(reason)s: nothing was looked at; wait %(wait)s, then send the request again",
            reason=reason,
            wait=Sentence("%(seconds)s s", seconds=self.seconds) if seconds <= 119 else minutes,
        )


class Forbidden(SatispyError):
    """This visitor of the app may not do what was asked: the role, or a visit that has ended."""

    def __init__(self, message: str, /, *, signed_out: bool = False, **values: object) -> None:
        self.signed_out = signed_out
        super().__init__(message, **values)


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
