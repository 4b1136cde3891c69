"""Signature Version 4, checked: does whoever sent this request hold the secret key?

The canonical request as AWS defines it, for signatures in the Authorization header and in the query
of a presigned address. Botocore signs but cannot verify: it signs what it is about to send, this is
given what has arrived, in whatever encoding the sender chose.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
#: How far the clocks of sender and server may differ; AWS's own figure.
SKEW_SECONDS = 15 * 60
LONGEST_SECONDS = 7 * 24 * 3600  # of a presigned address

_CREDENTIAL = re.compile(r"([^/\s,]+)/(\d{8})/([\w-]+)/([\w.-]+)/aws4_request")
_HEADER = re.compile(
    ALGORITHM + r"\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True)
class Key:
    id: str
    secret: str


@dataclass(frozen=True)
class Denied:
    """Why a request goes no further: a status, AWS's code for it, and a sentence for people."""

    status: int
    code: str
    detail: str


@dataclass(frozen=True)
class Request:
    """What has arrived, as it arrived: names of headers in lower case, each once."""

    method: str
    path: str  # before the `?`, encoded
    query: str  # after it, encoded
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Claim:
    """What a request says about its signature."""

    key_id: str
    when: str  # 20261125T120000Z
    region: str
    service: str
    signed: tuple[str, ...]  # names of headers
    signature: str
    expires: int | None = None  # seconds; None: signed in the header, for now

    @property
    def scope(self) -> str:
        return f"{self.when[:8]}/{self.region}/{self.service}/aws4_request"


_MALFORMED = Denied(
    400, "AuthorizationHeaderMalformed", "The signature is not one of AWS's Signature Version 4."
)


def claim(request: Request) -> Claim | Denied | None:
    """What the request claims; None if it is not signed at all."""
    query = parse_qsl(request.query, keep_blank_values=True)
    fields = dict(query)
    in_query = "X-Amz-Signature" in fields or "X-Amz-Algorithm" in fields
    header = request.headers.get("authorization", "")
    if in_query:
        # Behind us, the header would decide which service is asked.
        if header or len(fields) != len(query):
            return Denied(400, "InvalidRequest", "One signature, and each parameter once, please.")
        if fields.get("X-Amz-Algorithm") != ALGORITHM:
            return _MALFORMED
        expires = fields.get("X-Amz-Expires", "")
        if not expires.isdecimal() or not 0 < int(expires) <= LONGEST_SECONDS:
            return Denied(
                400, "AuthorizationQueryParametersError", "X-Amz-Expires is between 1 and 604800."
            )
        return _claim(
            fields.get("X-Amz-Credential", ""),
            fields.get("X-Amz-Date", ""),
            fields.get("X-Amz-SignedHeaders", ""),
            fields.get("X-Amz-Signature", ""),
            int(expires),
        )
    if not header.startswith("AWS"):
        return None
    if not (match := _HEADER.fullmatch(header.strip())):
        return _MALFORMED
    credential, signed, signature = match.groups()
    return _claim(credential, request.headers.get("x-amz-date", ""), signed, signature, None)


def _claim(
    credential: str, when: str, signed: str, signature: str, expires: int | None
) -> Claim | Denied:
    match = _CREDENTIAL.fullmatch(credential)
    if not match or not re.fullmatch(r"\d{8}T\d{6}Z", when) or match[2] != when[:8]:
        return _MALFORMED
    names = tuple(signed.split(";"))
    return Claim(match[1], when, match[3], match[4], names, signature, expires)


def denial(claim: Claim, request: Request, key: Key, now: float) -> Denied | None:
    """Why this claim cannot hold, before anything is computed."""
    if not hmac.compare_digest(claim.key_id.encode(), key.id.encode()):
        return Denied(
            403,
            "InvalidAccessKeyId",
            'This stack takes the key of its own home only: eval "$(satispy env)"',
        )
    try:
        signed_at = datetime.strptime(claim.when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return _MALFORMED
    if claim.expires is None:
        if abs(now - signed_at) > SKEW_SECONDS:
            return Denied(403, "RequestTimeTooSkewed", "It was signed at another time than now.")
    elif now > signed_at + claim.expires or signed_at > now + SKEW_SECONDS:
        return Denied(403, "AccessDenied", "Request has expired")
    # Who was handed a presigned address may not add headers that change what it does.
    amz = {name for name in request.headers if name.startswith("x-amz-")}
    unsigned = (amz | {"host"}) - set(claim.signed)
    if unsigned:
        return Denied(
            403,
            "AccessDenied",
            f"There were headers present in the request which were not signed: {min(unsigned)}",
        )
    if any(name not in request.headers for name in claim.signed):
        return Denied(403, "AccessDenied", "A header that was signed is missing.")
    return None


def holds(claim: Claim, request: Request, key: Key, payload: str) -> bool:
    """Whether the signature is the one that this key gives.

    `payload` is the body's SHA-256 in hexadecimal, or what stands in its place in the header
    x-amz-content-sha256.
    """
    canonical = "\n".join(
        [
            request.method,
            _canonical_path(request.path, claim.service),
            _canonical_query(request.query),
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in claim.signed),
            "",
            ";".join(claim.signed),
            payload,
        ]
    )
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    to_sign = "\n".join([ALGORITHM, claim.when, claim.scope, digest])
    signing_key = _signing_key(key.secret, claim.scope)
    expected = hmac.digest(signing_key, to_sign.encode(), "sha256").hex()
    return hmac.compare_digest(expected.encode(), claim.signature.encode())


@lru_cache(maxsize=64)
def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _canonical_path(path: str, service: str) -> str:
    # S3's keys are encoded once, whatever of them the sender left bare; the paths of all other
    # services are encoded again as they stand.
    if service == "s3":
        return quote(unquote_to_bytes(path), safe="/~")
    return quote(path, safe="/~")


def _canonical_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    encoded = sorted(
        (_encoded(name), _encoded(value)) for name, value in pairs if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")
