"""The HTTP side of the REST API: API Gateway's event in, its answer out, and what is refused."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from satispy.problems import MEDIA_TYPE, FieldProblem, Problem

MAX_BODY = 4 * 1024 * 1024
#: Sent twice, one of us would go by the first and another by the last.
SENT_ONCE = frozenset(
    {
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "origin",
        "transfer-encoding",
    }
)
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    address: str  # of whoever asks; "" where API Gateway does not say


@dataclass(frozen=True)
class Answer:
    status: HTTPStatus
    body: BaseModel | dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(
        self,
        status: HTTPStatus,
        name: str,
        detail: str,
        errors: list[FieldProblem] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        problem = Problem.named(status, name, detail, errors)
        self.answer = Answer(status, problem, headers or {})


def answered(event: Mapping[str, Any], answer: Callable[[Request], Answer]) -> dict[str, Any]:
    """API Gateway's event in, its answer out. Raises only what is our own fault."""
    try:
        return respond(answer(parse(event)))
    except Refused as refused:
        return respond(refused.answer)


def parse(event: Mapping[str, Any]) -> Request:
    """Raises Refused if a header that is sent once came twice."""
    body = event.get("body") or ""
    raw = (
        base64.b64decode(body)
        if event.get("isBase64Encoded")
        else body.encode("utf-8", "surrogatepass")
    )
    headers: dict[str, str] = {}
    for name, value in _headers(event):
        if name in SENT_ONCE and name in headers:
            detail = f"the header {name} was sent twice"
            raise Refused(HTTPStatus.BAD_REQUEST, "two-meanings", detail)
        headers[name] = value
    who = (event.get("requestContext") or {}).get("identity") or {}
    return Request(
        event["httpMethod"].upper(), event["path"], headers, raw, who.get("sourceIp") or ""
    )


def _headers(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each as often as it was sent: `headers` alone has only the last of each spelling."""
    for name, values in (event.get("multiValueHeaders") or {}).items():
        for value in values:
            yield name.lower(), value
    if not event.get("multiValueHeaders"):
        for name, value in (event.get("headers") or {}).items():
            yield name.lower(), value


def respond(answer: Answer) -> dict[str, Any]:
    kind = "application/json"
    if isinstance(answer.body, Problem):
        body, kind = answer.body.body(), MEDIA_TYPE
    elif isinstance(answer.body, BaseModel):
        body = answer.body.model_dump_json()
    else:
        body = json.dumps(answer.body)
    return {
        "statusCode": int(answer.status),
        "headers": {
            "Content-Type": kind,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        },
        "body": body,
    }


def credentials(header: str) -> tuple[str, str]:
    """Name and password of HTTP's Basic scheme; both empty where there are none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def json_body(request: Request) -> Any:
    """Raises Refused unless it is JSON, is called JSON and is not too long."""
    if len(request.body) > MAX_BODY:
        detail = "at most 4 MB here; bigger ones: POST /uploads"
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", "send application/json")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        detail = "send the body as it is, not compressed"
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoding", detail)
    try:
        # UTF-8 and nothing else (RFC 8259): `loads` would guess UTF-16 from the first bytes.
        return json.loads(request.body.decode("utf-8-sig"), object_pairs_hook=_fields)
    except (ValueError, RecursionError) as error:
        detail = f"the body is not JSON: {str(error)[:200]}"
        raise Refused(HTTPStatus.BAD_REQUEST, "not-json", detail) from error


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, _ in pairs if [n for n, _ in pairs].count(name) > 1)
        raise ValueError(f"the field {twice[:80]!r} was sent twice")
    return fields


def valid(model: type[T], body: Any, context: dict[str, str] | None = None) -> T:
    """Raises Refused with each fault and its place."""
    try:
        return model.model_validate(body, context=context)
    except ValidationError as error:
        faults = [
            FieldProblem(
                pointer="".join(f"/{part}" for part in fault["loc"])[:200], detail=fault["msg"]
            )
            for fault in error.errors(include_url=False, include_input=False)[:100]
        ]
        detail = "nothing was stored; see errors"
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, faults) from error
