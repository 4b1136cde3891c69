"""One review corrected or deleted, as a new version of the dataset (docs/decisions/0078).

Its row stays at its position under its identity: no other row moves or changes its side, and the
same review sent again is a duplicate still. Each change also appends a hidden row. It keeps known
the identity that the corrected review would have, so that an export sent again adds nothing; and
what is to be learned is measured by rows, so that a change waits for its retrain like an upload.
"""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Final
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from satispy.errors import Conflict
from satispy.journal import Actor, Fact, What
from satispy.journal.entries import Line
from satispy.reviews import browsing, versions
from satispy.reviews.browsing import Change
from satispy.reviews.identity import SIZE, content_key, identity
from satispy.reviews.masking import mask
from satispy.reviews.schema import MAX_COMMENT, Review
from satispy.reviews.stored import CHANGED, HIDDEN, StoredReview
from satispy.reviews.table import ReviewTable
from satispy.storage import Store

#: How often to look again when others commit in between.
MAX_ATTEMPTS: Final = 100


class Asked(BaseModel):
    """A change that a person asks for; with neither star nor comment the review is deleted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(default_factory=lambda: uuid4().hex, pattern="^[0-9a-f]{32}$")
    review: str = Field(pattern="^[0-9a-f]{32}$")
    #: Changes of it that this person knew: of one that has others by now nothing is changed.
    seen: int = Field(ge=0)
    by: Actor
    why: Annotated[Line, Field(pattern=r"\S")]
    at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    star: int | None = Field(None, ge=1, le=5)
    comment: str | None = Field(None, max_length=MAX_COMMENT)

    @property
    def deletes(self) -> bool:
        return self.star is None and self.comment is None

    def fact(self, before: browsing.Review) -> Fact:
        """For the journal: no word that a customer wrote."""
        if self.deletes:
            return Fact(by=self.by, what=What.REVIEW_DELETED, on=self.review, why=self.why)
        about: dict[str, Any] = {"text": True} if self.comment is not None else {}
        was: dict[str, Any] = {}
        if self.star is not None:
            about["star"], was["star"] = self.star, before.star
        return Fact(
            by=self.by,
            what=What.REVIEW_CORRECTED,
            on=self.review,
            why=self.why,
            before=was,
            after=about,
        )


class Outdated(Conflict):
    """Somebody else has changed the review since it was looked at, or deleted it."""


def corrected(review: browsing.Review, star: int | None, comment: str | None) -> Review:
    """By the rules of a row. Raises ValidationError."""
    return Review.model_validate(
        {
            "comment": review.comment if comment is None else comment,
            "star": review.star if star is None else star,
            "source": review.source,
            "company": review.company,
            "number": review.number,
            "date": review.date if review.dated else None,
        }
    )


def make(store: Store, asked: Asked, *, masked: bool) -> int:
    """Make the change, and return the version that has it; asked again, it is made once.

    Raises NotFound, Outdated, and ValidationError for what no row may hold.
    """
    table = ReviewTable(store)
    for attempt in range(MAX_ATTEMPTS):
        try:
            version = _attempt(table, asked, masked=masked)
        except Outdated:
            raise
        except Conflict:
            time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311 - jitter
            continue
        if version % versions.TIDY_EVERY < 2:  # a change makes two versions
            versions.tidy(table)
        return version
    raise Conflict(
        "%(attempts)s attempts to change a review met other commits; try it again",
        attempts=MAX_ATTEMPTS,
    )


def _attempt(table: ReviewTable, asked: Asked, *, masked: bool) -> int:
    review = browsing.one(table, asked.review)
    if all(change.id != asked.id for change in review.changes):
        if review.deleted or len(review.changes) != asked.seen:
            raise Outdated(
                "the review %(id)s was changed or deleted meanwhile: look at it again",
                id=asked.review,
            )
        table.replace(review.position, _values(review, asked, masked=masked), {})
        review = browsing.one(table, asked.review)
    stands_in = _stand_in(table, review, asked.id)
    if stands_in is None:
        return int(table.at().version())
    row = StoredReview(
        id=stands_in,
        comment="",
        star=HIDDEN,
        source=None,
        company=None,
        number=None,
        date=review.date,
        dated=False,
        extra=None,
        upload=review.upload,
        put=asked.id,
        line=review.line,
    )
    return table.append([row], {"what": "change"})


def _values(
    review: browsing.Review, asked: Asked, *, masked: bool
) -> Mapping[str, str | int | None]:
    change = Change(
        id=asked.id,
        by=asked.by,
        at=asked.at,
        why=asked.why,
        star=review.star,
        text=asked.comment is not None,
    )
    changed = {CHANGED: browsing.as_stored([*review.changes, change])}
    if asked.deletes:
        gone = dict.fromkeys(("source", "company", "number", "extra"))
        return {"comment": "", "star": HIDDEN, **gone, **changed}
    after = corrected(review, asked.star, asked.comment)
    comment = mask(after.comment) if masked else after.comment
    return {"comment": comment, "star": after.star, **changed}


def _stand_in(table: ReviewTable, review: browsing.Review, change: str) -> bytes | None:
    """The identity of the hidden row of a change; None: it is there.

    Where another review reads as this one now does, the first twin that is free, as in a file.
    """
    by_itself = blake2b(change.encode(), digest_size=SIZE, person=b"satispy-change").digest()
    changes = {each.id for each in review.changes}
    content = None
    if not review.deleted:
        content = content_key(corrected(review, None, None), mask(review.comment))
    begin, end = 0, 4
    while True:
        twins = [identity(content, twin) for twin in range(begin, end)] if content else []
        known = table.known([*twins, by_itself])
        if any(each.put == change for each in known.values()):
            return None
        for twin in twins:
            if twin not in known:
                return twin
            if twin.hex() == review.id or known[twin].put in changes:
                return by_itself  # this review is known by what it says already
        if not twins:
            return by_itself
        begin, end = end, end * 4
