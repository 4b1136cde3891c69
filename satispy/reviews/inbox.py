"""Reviews that arrive one by one: durable at once, merged together.

A POST becomes one object under inbox/. Gathering writes what waits there as one CSV under uploads/,
which is merged like any other. Each row of it carries the post and index it came from, the way a
mended row does, so that gathering twice adds nothing twice.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import logging
from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ValidationError

from satispy.errors import BrokenArtefact, Conflict, NotFound
from satispy.keys import LeftOut, shown
from satispy.reviews.layout import LINE, UPLOAD
from satispy.reviews.masking import mask
from satispy.reviews.receipts import UPLOADS
from satispy.reviews.schema import NAMES, Review
from satispy.storage import Store

log = logging.getLogger(__name__)

WAITING: Final = "inbox/"
GATHERED: Final = "gathered/"
_ANNOUNCED: Final = "gathered/announced"
#: An announcement older than this was lost with whoever made it.
ANNOUNCEMENT_SECONDS: Final = 60
MOST_AT_ONCE: Final = 5_000


class Post(BaseModel):
    """One answered POST of one or more reviews."""

    id: str
    by: str
    digest: str  # of the request, to tell a repetition from a mistake
    reviews: list[Review]
    upload: str | None = None  # once gathered: the upload it is part of


def put(store: Store, post: Post, *, masked: bool) -> Post:
    """Make it durable. The same post again changes nothing; raises Conflict if its id was used for
    something else."""
    if masked:
        post = post.model_copy(
            update={
                "reviews": [
                    review.model_copy(update={"comment": mask(review.comment)})
                    for review in post.reviews
                ]
            }
        )
    earlier = find(store, post.id)
    if earlier is None:
        try:
            store.create(f"{WAITING}{post.id}.json", post.model_dump_json().encode())
        except Conflict:
            earlier = find(store, post.id)
    if earlier and earlier.digest != post.digest:
        raise Conflict("this idempotency key was used for other reviews")
    return earlier or post


def find(store: Store, id: str) -> Post | None:
    for prefix in (WAITING, GATHERED):
        key = f"{prefix}{id}.json"
        try:
            return _parse(key, store.read(key))
        except (NotFound, BrokenArtefact):
            continue
    return None


def left_out(store: Store) -> list[LeftOut]:
    """What stands under inbox/ and is no post."""
    return store.parsed(WAITING, _parse)[1]


def must_announce(store: Store) -> bool:
    """Whether the caller is to have the inbox gathered; False if somebody else has just done so."""
    now = dt.datetime.now(dt.UTC)
    try:
        store.create(_ANNOUNCED, b"")
    except Conflict:
        try:
            age = now - store.head(_ANNOUNCED).modified
        except NotFound:  # it is being gathered right now, perhaps without the newest post
            return must_announce(store)
        if age.total_seconds() < ANNOUNCEMENT_SECONDS:
            return False
        store.write(_ANNOUNCED, b"")
    return True


def gather(store: Store) -> str | None:
    """Write what waits as one CSV under uploads/; returns its key, None if nothing waits."""
    # First of all: who posts from here on announces again.
    if store.exists(_ANNOUNCED):
        store.delete(_ANNOUNCED)
    entries = sorted(store.list(WAITING.rstrip("/")), key=lambda entry: entry.modified)
    posts: list[Post] = []
    for entry in entries:
        if len(posts) == MOST_AT_ONCE:
            break
        try:
            posts.append(_parse(entry.key, store.read(entry.key)))
        except NotFound:  # somebody else gathers as well
            continue
        except BrokenArtefact as error:
            log.warning("%s is left out: %s", shown(entry.key), error)
    if not posts:
        return None
    data = _csv(posts)
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    key = f"{UPLOADS}inbox/{now}-{hashlib.sha256(data).hexdigest()[:8]}.csv"
    store.write(key, data)
    for post in posts:
        gathered = post.model_copy(update={"upload": key, "reviews": []})
        store.write(f"{GATHERED}{post.id}.json", gathered.model_dump_json().encode())
        store.delete(f"{WAITING}{post.id}.json")
    return key


def _parse(key: str, data: bytes) -> Post:
    try:
        post = Post.model_validate_json(data)
    except ValidationError as error:
        raise BrokenArtefact("not a post of reviews") from error
    if not key.endswith(f"/{post.id}.json"):
        raise BrokenArtefact("a post of another name")
    return post


def _csv(posts: Sequence[Post]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(names[0] for names in NAMES.values()), "posted_by", UPLOAD, LINE])
    for post in posts:
        for index, review in enumerate(post.reviews, 1):
            values = json.loads(review.model_dump_json())
            writer.writerow(
                [
                    *("" if values[name] is None else values[name] for name in NAMES),
                    post.by,
                    f"{WAITING}{post.id}",
                    index,
                ]
            )
    return out.getvalue().encode()
