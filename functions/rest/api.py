"""What the REST API does: reviews one by one, big uploads by presigned PUT, receipts, retrains.

Credentials are checked here, since the free edition of LocalStack calls no authorizer.
"""

import datetime as dt
import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from zoneinfo import ZoneInfo

from functions.rest.http import (
    Answer,
    Refused,
    Request,
    credentials,
    json_body,
    valid,
)
from functions.rest.openapi import document
from functions.rest.types import (
    Accepted,
    Me,
    NewReviews,
    NewUpload,
    Retrain,
    Status,
    UploadSlot,
    UploadState,
)
from satispy import journal
from satispy.accounts import Accounts, Role
from satispy.cloud import Queue
from satispy.errors import Conflict, NotFound, TooManyTries
from satispy.journal import Actor, Fact, What
from satispy.retraining.start import ask_for_retrain
from satispy.reviews import ReviewTable, inbox, receipts
from satispy.reviews.schema import Review
from satispy.settings import Settings
from satispy.storage import Store, presigned_put

log = logging.getLogger(__name__)

SLOT_SECONDS = 3600
_UPLOAD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@-]{0,299}")


@dataclass(frozen=True)
class Caller:
    name: str
    role: Role

    @property
    def actor(self) -> Actor:
        return Actor(who=self.name, via="api")


class Api:
    """What the requests need, made once and handed in by tests."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        announce: Callable[[], None],
        sign: Callable[[str], str],
        retrain: Callable[[int], str],
        accounts: Accounts | None = None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.announce = announce
        self.sign = sign
        self.retrain = retrain
        self.accounts = accounts or Accounts(store)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Api":
        store = Store.bucket(settings)
        return cls(
            store,
            settings,
            # What is posted until then is merged together.
            announce=lambda: Queue(settings).send({"inbox": True}, after=5),
            sign=lambda key: presigned_put(settings, key, SLOT_SECONDS),
            retrain=lambda version: ask_for_retrain(settings, store, version, by_hand=True) or "",
        )

    @cached_property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    def answer(self, request: Request) -> Answer:
        """Raises Refused."""
        path = request.path.rstrip("/") or "/"
        upload_id = path.removeprefix("/uploads/") if path.startswith("/uploads/") else None
        routes: dict[str, dict[str, Callable[[], Answer]]] = {
            "/status": {"GET": self.status},
            "/openapi.json": {"GET": lambda: Answer(HTTPStatus.OK, document())},
            "/me": {"GET": lambda: self.me(self._caller(request))},
            "/reviews": {"POST": lambda: self.post_reviews(request, self._caller(request))},
            "/uploads": {"POST": lambda: self.post_upload(request, self._admin(request))},
            "/retrain": {"POST": lambda: self.post_retrain(self._admin(request))},
        }
        if upload_id:
            routes[path] = {"GET": lambda: self.upload(upload_id, self._caller(request))}
        if path not in routes:
            detail = "there is nothing at this path: see /openapi.json"
            raise Refused(HTTPStatus.NOT_FOUND, "no-such-path", detail)
        if request.method not in routes[path]:
            allowed = ", ".join(routes[path])
            raise Refused(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "method",
                f"allowed here: {allowed}",
                headers={"Allow": allowed},
            )
        return routes[path][request.method]()

    # ---- the requests ----

    def status(self) -> Answer:
        return Answer(HTTPStatus.OK, Status(dataset_version=ReviewTable(self.store).version()))

    def me(self, caller: Caller) -> Answer:
        return Answer(HTTPStatus.OK, Me(name=caller.name, role=caller.role))

    def post_reviews(self, request: Request, caller: Caller) -> Answer:
        today = dt.datetime.now(self.timezone).date().isoformat()
        body = json_body(request)
        if isinstance(body, dict) and "reviews" not in body:  # one review, bare
            reviews = [valid(Review, body, {"today": today})]
        else:
            reviews = valid(NewReviews, body, {"today": today}).reviews
        key = request.headers.get("idempotency-key", "")
        if len(key) > 200:
            detail = "an idempotency key has at most 200 characters"
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail)
        named = hashlib.sha256(f"{caller.name}\0{key}".encode()).hexdigest()[:32]
        post = inbox.Post(
            id=named if key else secrets.token_hex(16),
            by=caller.name,
            digest=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
            reviews=reviews,
        )
        try:
            inbox.put(self.store, post, masked=self.settings.mask)
        except Conflict as conflict:
            raise Refused(HTTPStatus.CONFLICT, "conflict", str(conflict)) from conflict
        if inbox.must_announce(self.store):
            self.announce()
        return Answer(HTTPStatus.ACCEPTED, Accepted(id=post.id, accepted=len(reviews)))

    def post_upload(self, request: Request, caller: Caller) -> Answer:
        wanted = valid(NewUpload, json_body(request))
        name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}-{wanted.name}"
        log.info("%s gets a slot for %s", caller.name, name)
        upload = receipts.upload_name(name)
        journal.record(self.store, Fact(by=caller.actor, what=What.UPLOAD_ALLOWED, on=upload))
        return Answer(
            HTTPStatus.CREATED,
            UploadSlot(
                id=upload,
                url=self.sign(f"{receipts.UPLOADS}{name}"),
                expires=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=SLOT_SECONDS),
            ),
        )

    def upload(self, id: str, caller: Caller) -> Answer:
        unknown = Refused(
            HTTPStatus.NOT_FOUND, "not-found", f"nothing is known of an upload {id[:80]!r}"
        )
        if not _UPLOAD_ID.fullmatch(id) or ".." in id or "//" in id:
            raise unknown
        post = inbox.find(self.store, id)
        if post and not post.upload:
            return Answer(HTTPStatus.OK, UploadState(id=id, state="waiting"))
        key = post.upload if post and post.upload else id
        try:
            receipt = receipts.read(self.store, key)
        except NotFound as missing:
            keys = [f"{receipts.UPLOADS}{receipts.upload_name(key)}{end}" for end in (".csv", "")]
            if any(self.store.exists(candidate) for candidate in keys):
                return Answer(HTTPStatus.OK, UploadState(id=id, state="merging"))
            raise unknown from missing
        state = UploadState(id=id, state="refused" if receipt.refused else "merged")
        return Answer(HTTPStatus.OK, state.model_copy(update={"receipt": receipt}))

    def post_retrain(self, caller: Caller) -> Answer:
        version = ReviewTable(self.store).version()
        if not version:
            detail = "there are no reviews to train on yet"
            raise Refused(HTTPStatus.CONFLICT, "no-reviews", detail)
        what = Fact(by=caller.actor, what=What.RETRAIN_ASKED, on=f"version {version}")
        with journal.acting(self.store, what):
            run = self.retrain(version)
        log.info("%s started %s", caller.name, run)
        return Answer(HTTPStatus.ACCEPTED, Retrain(run=run, dataset_version=version))

    # ---- who asks ----

    def _admin(self, request: Request) -> Caller:
        caller = self._caller(request)
        if caller.role != "admin":
            raise Refused(HTTPStatus.FORBIDDEN, "role", "this takes the role admin")
        return caller

    def _caller(self, request: Request) -> Caller:
        name, password = credentials(request.headers.get("authorization", ""))
        try:
            role = self.accounts.check(name, password, request.address) if name else None
        except TooManyTries as early:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many-passwords",
                str(early),
                headers={"Retry-After": str(early.seconds)},
            ) from early
        if not role:
            raise Refused(
                HTTPStatus.UNAUTHORIZED,
                "password",
                "name and password are needed, or wrong; after five wrong ones each further try has"
                " to wait twice as long as the one before",
                headers={"WWW-Authenticate": 'Basic realm="satispy", charset="UTF-8"'},
            )
        return Caller(name, role)
