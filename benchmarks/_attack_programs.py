"""Attacks by a program of this machine that has no key: guesses, forgeries, odd requests."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks._attack_target import MARK, Attempt, Target, exchange

#: A request of each service that answers with something, and some that change something.
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "list_buckets", {}),
    ("s3", "list_objects_v2", {"Bucket": "satispy", "Prefix": "accounts/"}),
    ("s3", "put_object", {"Bucket": "satispy", "Key": f"accounts/{MARK}.json", "Body": b"{}"}),
    ("s3", "put_object", {"Bucket": "satispy", "Key": f"uploads/{MARK}.csv", "Body": b"a"}),
    ("s3", "delete_objects", {"Bucket": "satispy", "Delete": {"Objects": [{"Key": "x"}]}}),
    ("s3", "create_bucket", {"Bucket": "planted", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-3"}}),
    ("lambda", "list_functions", {}),
    ("lambda", "invoke", {"FunctionName": "satispy-take-turn", "Payload": b"{}"}),
    ("lambda", "create_function", {"FunctionName": "planted", "Role": "arn:aws:iam::000000000000:role/r", "Runtime": "python3.11", "Handler": "h.h", "Code": {"ZipFile": b"PK\x05\x06" + bytes(18)}}),
    ("sqs", "list_queues", {}),
    ("sqs", "send_message", {"QueueUrl": "QUEUE", "MessageBody": "{}"}),
    ("sqs", "receive_message", {"QueueUrl": "QUEUE"}),
    ("stepfunctions", "list_state_machines", {}),
    ("iam", "list_users", {}),
    ("iam", "create_user", {"UserName": "planted"}),
    ("sts", "get_caller_identity", {}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::000000000000:role/r", "RoleSessionName": "s"}),
    ("cloudformation", "describe_stacks", {}),
    ("sns", "list_topics", {}),
    ("logs", "describe_log_groups", {}),
    ("apigateway", "get_rest_apis", {}),
    ("cloudwatch", "list_metrics", {}),
]  # fmt: skip

PATHS = [
    *("/", "/satispy", "/satispy?list-type=2", "/satispy/accounts/", "/satispy-artefacts"),
    *("/_localstack/info", "/_localstack/init", "/_localstack/init/ready", "/_localstack/plugins"),
    *("/_localstack/config", "/_localstack/diagnose", "/_localstack/usage", "/_localstack/swagger"),
    *("/_localstack/health?reload", "/_aws/sqs/messages?QueueUrl=QUEUE", "/_aws/ses"),
    *("/_aws/lambda/runtimes", "/_aws/cloudwatch/metrics/raw", "/_aws/sns/sms-messages"),
    *("/2015-03-31/functions/", "/?Action=ListUsers&Version=2010-05-08"),
    *("/queue/eu-west-3/000000000000/satispy-uploads?Action=ReceiveMessage", "/restapis"),
    *("/_aws/execute-api/satispy/api/../../../satispy?list-type=2", "/_aws/sqs/messages"),
    *("/?Action=ListQueues&Version=2012-11-05", "/restapis/satispy/api/_user_request_/status"),
]


def attempts(target: Target) -> Iterator[Attempt]:
    queue = target.environment["SATISPY_UPLOAD_QUEUE_URL"]
    wrong = [("test", "test"), ("__internal_call__", "__internal_call__"), ("0" * 12, "test")]
    keys = [*wrong, (target.key_id, "guessed")]
    for service, operation, given in OPERATIONS:
        arguments = {name: queue if value == "QUEUE" else value for name, value in given.items()}
        for key_id, secret in keys:
            name = f"{service} {operation} as {key_id[:7]}"
            call = partial(_call, target, service, operation, arguments, key_id, secret)
            yield Attempt("without the key", name, call)
    for path in PATHS:
        for method in ("GET", "POST"):
            ask = partial(_ask, target, method, path.replace("QUEUE", quote(queue)))
            yield Attempt("unsigned", f"{method} {path}", ask)
    yield Attempt("unsigned", "POST health restart", partial(_restart, target))
    yield from _forged(target)
    yield from _raw(target)


def _call(
    target: Target, service: str, operation: str, arguments: Any, key_id: str, secret: str
) -> str | None:
    try:
        getattr(target.client(service, key_id, secret), operation)(**arguments)
    except ClientError as error:
        # An error of the service itself comes from behind the door.
        code = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        return None if code in (400, 401, 403, 405, 421) else f"{code} of the service"
    except BotoCoreError:
        return None
    return "answered"


def _ask(target: Target, method: str, path: str) -> str | None:
    answer = httpx.request(method, target.url("cloud") + path, timeout=60)
    return str(answer.status_code) if answer.status_code < 400 else None


def _restart(target: Target) -> str | None:
    url = target.url("cloud") + "/_localstack/health"
    answer = httpx.post(url, json={"action": "no-such-action"}, timeout=60)
    # 400: LocalStack itself has read the order.
    return None if answer.status_code in (403, 421) else f"{answer.status_code} of LocalStack"


# ---- forged and changed signatures ----


def _forged(target: Target) -> Iterator[Attempt]:
    """Of addresses that somebody was handed: the owner's signature, for one object and an hour."""
    s3 = target.client("s3", signature_version="s3v4")
    key = f"quarantine/{MARK}-handed-out"
    s3.put_object(Bucket=target.bucket, Key=key, Body=b"x")
    target.seen.add(key)
    given = {"Bucket": target.bucket, "Key": key}
    get = s3.generate_presigned_url("get_object", given, ExpiresIn=3600)
    assert httpx.get(get).status_code == 200, "the address is good as it is"
    other = get.replace(f"/{key}?", "/accounts/admin.json?")
    signature = get.rpartition("=")[2]
    changed = {
        "another key": ("GET", other),
        "another key, encoded": ("GET", get.replace("/quarantine/", "/%61ccounts/")),
        "a dot segment": ("GET", get.replace(f"/{key}?", f"/{key}/../../accounts/x?")),
        "the bucket": ("GET", get.replace(f"/{key}?", "?")),
        "PUT": ("PUT", get),
        "DELETE": ("DELETE", get),
        "POST": ("POST", get),
        "HEAD": ("HEAD", get),
        "longer": ("GET", get.replace("Expires=3600", "Expires=36000")),
        "another subresource": ("GET", get + "&acl"),
        "a version": ("GET", get + "&versionId=null"),
        "an action": ("GET", get + "&Action=ListUsers&Version=2010-05-08"),
        "another region": ("GET", get.replace("eu-west-3", "us-east-1")),
        "another service": ("GET", get.replace("%2Fs3%2F", "%2Fiam%2F")),
        "another algorithm": ("GET", get.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")),
        "no signature": ("GET", get.partition("&X-Amz-Signature")[0]),
        "an empty signature": ("GET", get.replace(signature, "")),
        "two signatures": ("GET", f"{other}&X-Amz-Signature={signature}"),
        "upper case": ("GET", other.replace(signature, signature.upper())),
        "zeros": ("GET", get.replace(signature, "0" * 64)),
    }  # fmt: skip
    for name, (method, url) in changed.items():
        yield Attempt("presigned, changed", name, partial(_presigned, target, method, url))
    for header in ("x-amz-copy-source", "x-amz-acl", "x-amz-target", "x-localstack-data"):
        put = s3.generate_presigned_url("put_object", given, ExpiresIn=3600)
        strike = partial(_presigned, target, "PUT", put, {header: f"/{target.bucket}/x"})
        yield Attempt("presigned, changed", f"with {header}", strike)
    now = datetime.now(UTC)
    for name, when, secret, algorithm in (
        ("of yesterday", now - timedelta(days=1), "test", "AWS4-HMAC-SHA256"),
        ("of tomorrow", now + timedelta(days=1), "test", "AWS4-HMAC-SHA256"),
        ("by an empty secret", now, "", "AWS4-HMAC-SHA256"),
        ("by the key's id", now, target.key_id, "AWS4-HMAC-SHA256"),
        ("by the name of the bucket", now, target.bucket, "AWS4-HMAC-SHA256"),
        ("by no algorithm", now, "test", "none"),
        ("by SHA-1", now, "test", "AWS4-HMAC-SHA1"),
    ):
        forge = partial(_sign_and_ask, target, when, secret, algorithm)
        yield Attempt("forged signature", name, forge)
    for authorization in (
        f"AWS {target.key_id}:c2lnbmF0dXJl",
        f"AWS4-HMAC-SHA256 Credential={target.key_id}/20261125/eu-west-3/s3/aws4_request, "
        "SignedHeaders=host, Signature=1234",
        f"Basic x, Credential={target.key_id}/20261125/eu-west-3/iam/aws4_request",
        "Bearer test",
        f"aws4-hmac-sha256 credential={target.key_id}/20261125/eu-west-3/s3/aws4_request",
    ):
        for path in ("/satispy?list-type=2", "/?Action=ListUsers&Version=2010-05-08"):
            strike = partial(
                _presigned,
                target,
                "GET",
                target.url("cloud") + path,
                {"Authorization": authorization},
            )
            yield Attempt("forged signature", f"{authorization[:12]} for {path}", strike)


def _presigned(
    target: Target, method: str, url: str, headers: dict[str, str] | None = None
) -> str | None:
    answer = httpx.request(method, url, headers=headers, content=b"x", timeout=60)
    return str(answer.status_code) if answer.status_code < 400 else None


def _sign_and_ask(target: Target, when: datetime, secret: str, algorithm: str) -> str | None:
    stamp, day = when.strftime("%Y%m%dT%H%M%SZ"), when.strftime("%Y%m%d")
    empty = hashlib.sha256(b"").hexdigest()
    host = f"127.0.0.1:{target.ports['cloud']}"
    signed = "host;x-amz-content-sha256;x-amz-date"
    canonical = (
        f"GET\n/{target.bucket}\n\nhost:{host}\nx-amz-content-sha256:{empty}\n"
        f"x-amz-date:{stamp}\n\n{signed}\n{empty}"
    )
    scope = f"{day}/eu-west-3/s3/aws4_request"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = f"{algorithm}\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers = {
        "x-amz-date": stamp,
        "x-amz-content-sha256": empty,
        "Authorization": f"{algorithm} Credential={target.key_id}/{scope}, "
        f"SignedHeaders={signed}, Signature={signature}",
    }
    return _presigned(target, "GET", f"{target.url('cloud')}/{target.bucket}", headers)


# ---- requests that no library sends ----


def _raw(target: Target) -> Iterator[Attempt]:
    for part, secret_path in (("cloud", "/satispy?list-type=2"), ("service", "/models"), ("app", "/app")):  # fmt: skip
        port = target.ports[part]
        ours, evil = f"127.0.0.1:{port}", f"evil.example:{port}"
        get = f"GET {secret_path} HTTP/1.1"
        odd: dict[str, list[str]] = {
            "foreign host": [get, f"Host: {evil}"],
            "foreign host and origin": [get, f"Host: {evil}", f"Origin: http://{evil}"],
            "two hosts": [get, f"Host: {ours}", f"Host: {evil}"],
            "two hosts, ours last": [get, f"Host: {evil}", f"Host: {ours}"],
            "folded host": [get, "Host:", f" {evil}"],
            "host with a user": [get, f"Host: evil@{ours}"],
            "host with a dot": [get, f"Host: 127.0.0.1.:{port}"],
            "our host as a prefix": [get, f"Host: 127.0.0.1.evil.example:{port}"],
            "no host": [get],
            "HTTP/1.0 without a host": [f"GET {secret_path} HTTP/1.0"],
            "two origins": [get, f"Host: {ours}", f"Origin: http://{ours}", "Origin: http://evil"],
            "null origin": [get, f"Host: {ours}", "Origin: null"],
            "the origin of LocalStack's cloud": [get, f"Host: {ours}", "Origin: https://app.localstack.cloud"],
            "forwarded host": [get, f"Host: {evil}", f"X-Forwarded-Host: {ours}"],
            "another server of this machine": [get, f"Host: {ours}", "Origin: http://localhost:8000"],
            "another site's image": [get, f"Host: {ours}", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image"],
            "another site's frame": [get, f"Host: {ours}", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
            "two sites": [get, f"Host: {ours}", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"],
            "absolute target, foreign host": [f"GET http://{ours}{secret_path} HTTP/1.1", f"Host: {evil}"],
            "websocket of another site": [get, f"Host: {ours}", "Origin: http://evil.example", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
        }  # fmt: skip
        for name, lines in odd.items():
            yield Attempt("raw request", f"{part}: {name}", partial(_send, port, lines))
    cloud = target.ports["cloud"]
    host = f"Host: 127.0.0.1:{cloud}"
    put = f"PUT /satispy/uploads/{MARK}-{{}}.csv HTTP/1.1\r\n{host}\r\nContent-Length: 1\r\n\r\nx"
    hidden: dict[str, Callable[[str], str]] = {
        "both lengths": lambda inner: f"POST /_localstack/health HTTP/1.1\r\n{host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}",
        "two lengths": lambda inner: f"GET /_localstack/health HTTP/1.1\r\n{host}\r\nContent-Length: 0\r\nContent-Length: 200\r\n\r\n{inner}",
        "a length in a fold": lambda inner: f"GET /_localstack/health HTTP/1.1\r\n{host}\r\nX: y\r\n Content-Length: 200\r\n\r\n{inner}",
        "a space before the colon": lambda inner: f"GET /_localstack/health HTTP/1.1\r\n{host}\r\nContent-Length : 0\r\n\r\n{inner}",
        "a bare line feed": lambda inner: f"GET /_localstack/health HTTP/1.1\n{host}\n\n{inner}",
        "chunked, spelt oddly": lambda inner: f"POST /_localstack/health HTTP/1.1\r\n{host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{inner}",
        "a refused body": lambda inner: f"POST /x HTTP/1.1\r\n{host}\r\nContent-Length: {len(inner)}\r\n\r\n{inner}{inner}",
        "pipelined after health": lambda inner: f"GET /_localstack/health HTTP/1.1\r\n{host}\r\n\r\n{inner}",
        "pipelined after the REST API": lambda inner: f"GET /_aws/execute-api/satispy/api/status HTTP/1.1\r\n{host}\r\n\r\n{inner}",
    }  # fmt: skip
    for number, (name, wrap) in enumerate(hidden.items()):
        smuggle = partial(_smuggle, target, wrap(put.format(number)))
        yield Attempt("smuggled request", name, smuggle)
    service = target.ports["service"]
    for first, second in (
        ("application/vnd.bentoml+pickle", "application/json"),
        ("multipart/form-data; boundary=x", "application/json"),
        ("application/json", "application/vnd.bentoml+pickle"),
    ):
        lines = ["POST /predict HTTP/1.1", f"Host: 127.0.0.1:{service}", f"Content-Type: {first}", f"Content-Type: {second}", "Content-Length: 13"]  # fmt: skip
        strike = partial(_send, service, lines, '{"text": "x"}', (400, 415))
        yield Attempt("raw request", f"service: {first} and {second}", strike)


def _send(
    port: int, lines: list[str], body: str = "", refusals: tuple[int, ...] = ()
) -> str | None:
    answer = exchange(port, "\r\n".join([*lines, "", ""]) + body)
    status = int(answer.split()[1]) if answer.startswith("HTTP/") else 0
    if not status:
        return None
    if refusals:
        # Of a body of another type only the gate may speak, and it says 400 or 415.
        is_gate = status in refusals and ("problem" in answer or "400 Bad Request" in answer)
        return None if is_gate or not status else f"{status}, not of the gate"
    return str(status) if status < 400 else None


def _smuggle(target: Target, request: str) -> str | None:
    exchange(target.ports["cloud"], request)
    return target.planted()
