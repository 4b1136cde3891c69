"""Who may ask the emulator for what: decided from a request's head, and its body's digest."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from json import dumps
from urllib.parse import urlsplit

from infra.gateway import signatures
from infra.gateway.signatures import Claim, Denied, Key, Request
from satispy.same_origin import PROTECTION, Hosts, Shows, refusal, sent_twice

#: Larger than any body whose digest is not in its head: the ZIP of a function, in base64.
DIGESTED_LIMIT = 70_000_000
OPEN_LIMIT = 10_000_000  # API Gateway's own

_TARGET = re.compile(rb"/(?!/)[!$-\[\]^-~]*")  # visible ASCII, no `#`, `"` or backslash
_NAME = re.compile(rb"[A-Za-z0-9-]+")
#: What only the emulator itself may say to itself.
_INTERNAL = ("x-localstack-", "x-moto-")
#: Of what the emulator shows, nothing is a page: objects are what somebody uploaded.
_PROTECTION = PROTECTION | {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Admitted:
    """A request that may go on, if `after_body` has nothing against its body."""

    method: str
    host: str
    limit: int | None  # of the body, in bytes
    digest: bool  # whether `after_body` needs the body's SHA-256
    is_open: bool
    _check: Callable[[str], Denied | None]

    def after_body(self, digest: str) -> Denied | None:
        """`digest`: the body's SHA-256 in hexadecimal; anything if it is not needed."""
        return self._check(digest)


class Gateway:
    """
    `health` is the emulator's page that says it is up; `open_below` the path of the REST API, which
    has accounts of its own. Everything else takes a signature by `key`.
    """

    def __init__(self, hosts: Hosts, key: Key, health: str, open_below: str) -> None:
        self.hosts = hosts
        self.key = key
        self.health = health
        self.open_below = open_below.rstrip("/") + "/"

    def judge(
        self, method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]], now: float
    ) -> Admitted | Denied:
        headers = list(headers)
        if malformed := _malformed(method, target, headers):
            return malformed
        path, _, query = target.decode().partition("?")
        request = Request(
            method.decode(),
            path,
            query,
            {k.decode().lower(): v.decode("utf-8", "surrogateescape") for k, v in headers},
        )
        claim = signatures.claim(request)
        if foreign := refusal(self.hosts, request.method, headers, self._shows(request, claim)):
            return Denied(foreign.status, "AccessDenied", foreign.detail)
        if isinstance(claim, Denied):
            return claim
        if claim is None:
            return self._unsigned(request)
        return self._signed(request, claim, now)

    def _shows(self, request: Request, claim: Claim | Denied | None) -> Shows:
        if self._is_health(request):
            return Shows.NOTHING_SECRET
        # A presigned address is a secret itself, and may be a link in a mail: what it shows is
        # downloaded, never displayed.
        presigned = isinstance(claim, Claim) and claim.expires is not None
        return Shows.A_PAGE if presigned else Shows.SECRETS

    def _is_health(self, request: Request) -> bool:
        return request.path == self.health and request.method in ("GET", "HEAD")

    def _unsigned(self, request: Request) -> Admitted | Denied:
        if self._is_health(request) and not request.query:
            return _admitted(request, limit=0, is_open=True)
        if request.path.startswith(self.open_below):
            # The emulator might take them for a request to one of its services.
            if any(name.startswith("x-amz-") for name in request.headers):
                return Denied(400, "InvalidRequest", "The REST API takes no x-amz- headers.")
            return _admitted(request, limit=OPEN_LIMIT, is_open=True)
        return Denied(
            403,
            "AccessDenied",
            'This takes requests signed with the key of its home: eval "$(satispy env)"',
        )

    def _signed(self, request: Request, claim: Claim, now: float) -> Admitted | Denied:
        if denied := signatures.denial(claim, request, self.key, now):
            return denied
        presigned = claim.expires is not None
        if presigned and claim.service != "s3":
            return Denied(403, "AccessDenied", "Only addresses of objects can be presigned.")
        payload = request.headers.get(
            "x-amz-content-sha256", signatures.UNSIGNED if presigned else ""
        )
        mismatch = Denied(
            403, "SignatureDoesNotMatch", "The signature is not that of this request by this key."
        )
        if not payload:  # all services but S3 sign the digest without saying it
            return _admitted(
                request,
                limit=DIGESTED_LIMIT,
                check=lambda digest: (
                    None if signatures.holds(claim, request, self.key, digest) else mismatch
                ),
            )
        if not signatures.holds(claim, request, self.key, payload):
            return mismatch
        if not signatures.HEX_DIGEST.fullmatch(payload):
            # UNSIGNED-PAYLOAD and STREAMING-…: the sender left the body out of the signature, or
            # signed each chunk of it. Chunks are not checked: the head is the key holder's, and
            # nobody but root can change what follows it on loopback.
            return _admitted(request)
        return _admitted(
            request,
            check=lambda digest: (
                None
                if digest == payload
                else Denied(
                    400, "XAmzContentSHA256Mismatch", "The body is not the one that was signed."
                )
            ),
        )

    def protection(self, admitted: Admitted, headers: Mapping[str, str]) -> dict[str, str | None]:
        """Headers to set on an answer that has these (names in lower case); None: to remove."""
        change: dict[str, str | None] = dict(_PROTECTION)
        # Pages of other sites are refused, so nothing of CORS applies to those who are answered.
        change |= {name: None for name in headers if name.startswith("access-control-")}
        change |= {name: None for name in headers if name == "refresh"}
        if not admitted.is_open and admitted.method == "GET":
            disposition = headers.get("content-disposition", "")
            if not disposition.lower().lstrip().startswith("attachment"):
                change["Content-Disposition"] = "attachment"
        if urlsplit(headers.get("location", "")).netloc not in ("", admitted.host):
            change["location"] = None
        return change


def _malformed(method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]) -> Denied | None:
    """What has more than one meaning is refused before anybody reads it."""
    if not method.isalpha() or method in (b"CONNECT", b"TRACE"):
        return Denied(405, "MethodNotAllowed", "There is no such method here.")
    if not _TARGET.fullmatch(target):
        return Denied(400, "InvalidURI", "The target of a request is a path: /…")
    if any(not _NAME.fullmatch(name) for name, _ in headers):
        return Denied(400, "InvalidRequest", "Names of headers are letters, digits and hyphens.")
    names = {name.lower().decode() for name, _ in headers}
    if twice := sent_twice(headers, {name.lower() for name, _ in headers}):
        return Denied(400, "InvalidRequest", f"The header {twice.decode()} was sent twice.")
    if {"content-length", "transfer-encoding"} <= names:
        return Denied(400, "InvalidRequest", "The body has a length or comes in chunks, not both.")
    if "upgrade" in names:
        return Denied(400, "InvalidRequest", "Nothing here speaks another protocol than HTTP/1.1.")
    if any(name.startswith(_INTERNAL) for name in names):
        return Denied(400, "InvalidRequest", "Headers of the emulator's own are not taken.")
    return None


def _admitted(
    request: Request,
    *,
    limit: int | None = None,
    is_open: bool = False,
    check: Callable[[str], Denied | None] | None = None,
) -> Admitted:
    host = request.headers["host"]
    return Admitted(
        request.method, host, limit, check is not None, is_open, check or (lambda _: None)
    )


def answer(denied: Denied, headers: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a refusal, in the form that the client of this service reads.

    `headers` are the request's, names in lower case.
    """
    says_json = "json" in headers.get("content-type", "")
    says_service = re.search(r"/([\w.-]+)/aws4_request", headers.get("authorization", ""))
    reads_xml = says_service is None or says_service[1] in (
        "s3",
        "sts",
        "iam",
        "sns",
        "cloudformation",
    )
    if says_json or not reads_xml:
        kind = "application/json"
        text = dumps({"__type": denied.code, "message": denied.detail})
    else:
        kind = "application/xml"
        code, detail = escape(denied.code), escape(denied.detail)
        inner = f"<Code>{code}</Code><Message>{detail}</Message>"
        is_s3 = says_service is None or says_service[1] == "s3"
        text = (
            f"<Error>{inner}</Error>"
            if is_s3
            else f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>"
        )
    body = text.encode()
    return (
        _PROTECTION
        | {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "x-amzn-ErrorType": denied.code,
            "Cache-Control": "no-store",
        },
        body,
    )
