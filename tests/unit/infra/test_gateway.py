"""The gateway in front of the emulator, asked by the clients that will ask it."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import httpx
import obstore
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from obstore.store import S3Store

from infra.gateway.admission import Admitted, Denied, Gateway, answer
from infra.gateway.signatures import Key
from satispy.same_origin import Hosts

KEY = Key("SATISPYKEY0000000001", "the secret of this home, 40 characters..")
ODD_KEYS = [
    "uploads/avis d'été (1).csv",
    "a+b=c&d%20e~f.csv",
    "ends/in/slash/",
    "double//slash",
    "?query#fragment",
    "100%",
    "emoji-😀",
    "plus+ and space",
    "*!'();:@$,[]",
]


class Emulator(ThreadingHTTPServer):
    """Answers what the gateway admits with 200 and nothing, all else as the gateway says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.gateway = Gateway(
            Hosts.of("127.0.0.1", self.server_port), KEY, "/_localstack/health", "/_aws/x/api"
        )
        self.seen: list[tuple[str, Admitted | Denied]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Emulator

    def handle_one_request(self) -> None:
        with suppress(ConnectionError):
            super().handle_one_request()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in self.headers.items()]
        verdict = self.server.gateway.judge(
            self.command.encode(), self.path.encode("latin-1"), headers, time.time()
        )
        body = self._body()
        if isinstance(verdict, Admitted):
            verdict = verdict.after_body(hashlib.sha256(body).hexdigest()) or verdict
        self.server.seen.append((f"{self.command} {self.path}", verdict))
        status, sent, text = 200, {"Content-Length": "0", "ETag": '"e"'}, b""
        if isinstance(verdict, Denied):
            lower = {name.lower(): value for name, value in self.headers.items()}
            sent, text = answer(verdict, lower)
            status = verdict.status
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *args: object) -> None:
        """Tests print nothing."""


WEB = httpx.Client()  # one for all: each new one reads all certificates of the system


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    server = Emulator()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def client(emulator: Emulator, service: str, secret: str = KEY.secret, **config: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name="eu-west-3",
        aws_access_key_id=KEY.id,
        aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": 0}, **config),
    )


def verdicts(emulator: Emulator) -> list[Admitted | Denied]:
    found = [verdict for _, verdict in emulator.seen]
    emulator.seen.clear()
    return found


# ---- clients with the key ----


@pytest.mark.parametrize("key", ODD_KEYS)
def test_boto3_is_admitted_whatever_the_name_of_an_object(emulator: Emulator, key: str) -> None:
    s3 = client(emulator, "s3")
    s3.put_object(Bucket="b", Key=key, Body=b"x" * 10, Metadata={"mapping": "a  b"})
    s3.list_objects_v2(Bucket="b", Prefix=key, Delimiter="/", StartAfter=key)
    s3.get_object(Bucket="b", Key=key, Range="bytes=0-1")
    found = verdicts(emulator)
    assert len(found) == 3
    assert all(isinstance(each, Admitted) for each in found), found


@pytest.mark.parametrize("key", [key for key in ODD_KEYS if "//" not in key])
def test_obstore_is_admitted_whatever_the_name_of_an_object(emulator: Emulator, key: str) -> None:
    store = S3Store(
        "b",
        endpoint=emulator.url,
        region="eu-west-3",
        access_key_id=KEY.id,
        secret_access_key=KEY.secret,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    obstore.put(store, key, b"x" * 10, mode="create")
    with suppress(Exception):  # the answers here are empty: what counts is whether they are refused
        obstore.list(store, key).collect()
    with suppress(Exception):
        obstore.get(store, key)
    with suppress(Exception):
        obstore.delete(store, [key])
    found = verdicts(emulator)
    assert len(found) >= 4
    assert all(isinstance(each, Admitted) for each in found), found


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("sqs", "send_message", {"QueueUrl": "http://127.0.0.1/q", "MessageBody": "é"}),
        ("sts", "get_caller_identity", {}),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-3:000000000000:t", "Message": "é+ "}),
        ("cloudformation", "describe_stacks", {"StackName": "satispy"}),
        ("stepfunctions", "list_executions", {"stateMachineArn": "arn:aws:states:::x"}),
        ("lambda", "invoke", {"FunctionName": "arn:aws:lambda:eu-west-3:1:function:f"}),
        ("lambda", "list_functions", {}),
        ("logs", "describe_log_groups", {}),
        ("apigateway", "get_rest_apis", {}),
    ],
)
def test_every_service_that_we_use_is_admitted(
    emulator: Emulator, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    with suppress(Exception):  # the answers here are empty
        getattr(client(emulator, service), operation)(**arguments)
    (found,) = verdicts(emulator)
    assert isinstance(found, Admitted), found


def test_a_large_upload_in_parts_is_admitted(emulator: Emulator) -> None:
    s3 = client(emulator, "s3")
    s3.upload_part(Bucket="b", Key="k", UploadId="u/1+2=", PartNumber=1, Body=b"x" * 6_000_000)
    (found,) = verdicts(emulator)
    assert isinstance(found, Admitted), found


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_presigned_address_is_admitted_from_any_client(emulator: Emulator, key: str) -> None:
    s3 = client(emulator, "s3", signature_version="s3v4")
    for operation, method in (("get_object", "GET"), ("put_object", "PUT")):
        url = s3.generate_presigned_url(operation, {"Bucket": "b", "Key": key}, ExpiresIn=60)
        assert WEB.request(method, url, content=b"anything").status_code == 200


# ---- everybody else ----


def test_another_secret_is_told_so_in_the_words_of_each_service(emulator: Emulator) -> None:
    for service, operation in (
        ("s3", "list_buckets"),
        ("sqs", "list_queues"),
        ("sts", "get_caller_identity"),
        ("iam", "list_users"),
        ("lambda", "list_functions"),
        ("stepfunctions", "list_state_machines"),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(client(emulator, service, secret="guessed"), operation)()
        error = refused.value.response["Error"]
        assert error["Code"] == "SignatureDoesNotMatch", service
        assert "signature" in error["Message"], service


def test_another_key_is_told_where_the_right_one_is(emulator: Emulator) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=emulator.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with pytest.raises(ClientError, match="satispy env"):
        s3.list_buckets()


@pytest.mark.parametrize(
    "path",
    ["/", "/b/k", "/_localstack/info", "/_localstack/init", "/_aws/sqs/messages", "/_aws/x/other"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_without_a_signature_nothing_is_answered(
    emulator: Emulator, method: str, path: str
) -> None:
    assert WEB.request(method, emulator.url + path).status_code == 403


def test_health_and_the_rest_api_need_no_key(emulator: Emulator) -> None:
    assert WEB.get(emulator.url + "/_localstack/health").status_code == 200
    assert WEB.post(emulator.url + "/_localstack/health").status_code == 403
    assert WEB.get(emulator.url + "/_localstack/health?reload").status_code == 403
    api = emulator.url + "/_aws/x/api/reviews"
    assert WEB.post(api, json={}, auth=("alice", "password")).status_code == 200
    assert WEB.post(api, headers={"X-Amz-Target": "AWSIAM.CreateUser"}).status_code == 400


@pytest.mark.parametrize("path", ["/_localstack/health", "/_aws/x/api/reviews", "/b/k"])
def test_a_foreign_page_may_at_most_read_health(emulator: Emulator, path: str) -> None:
    foreign = {"Origin": "https://app.localstack.cloud"}
    allowed = 200 if path.endswith("health") else 403
    assert WEB.get(emulator.url + path, headers=foreign).status_code == allowed
    assert WEB.post(emulator.url + path, headers=foreign).status_code == 403
    rebound = {"Host": f"evil.example:{emulator.server_port}"}
    assert WEB.get(emulator.url + path, headers=rebound).status_code == 421


def test_a_presigned_address_is_good_for_what_it_says_and_no_longer(emulator: Emulator) -> None:
    s3 = client(emulator, "s3", signature_version="s3v4")
    url = s3.generate_presigned_url("put_object", {"Bucket": "b", "Key": "k"}, ExpiresIn=60)
    assert WEB.put(url).status_code == 200
    for wrong in (
        url.replace("/b/k?", "/b/other?"),
        url.replace("/b/k?", "/b/k/../accounts/x?"),
        url + "&acl",
        url + "&X-Amz-Signature=" + "0" * 64,
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=9999999"),
        url.replace("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=none"),
        url.replace("eu-west-3", "us-east-1"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.partition("&X-Amz-Signature")[0],
    ):
        assert WEB.put(wrong).status_code in (400, 403), wrong
    assert WEB.get(url).status_code == 403
    assert WEB.delete(url).status_code == 403
    for header in ("x-amz-copy-source", "x-amz-acl", "X-Amz-Website-Redirect-Location"):
        assert WEB.put(url, headers={header: "x"}).status_code == 403, header
    # Behind the gateway this would decide which service is asked.
    other = "AWS4-HMAC-SHA256 Credential=x/20261125/eu-west-3/iam/aws4_request, SignedHeaders=host"
    assert WEB.put(url, headers={"Authorization": other}).status_code == 400


def test_a_signature_is_good_for_15_minutes_a_presigned_address_as_long_as_it_says(
    emulator: Emulator,
) -> None:
    server = emulator
    s3 = client(server, "s3", signature_version="s3v4")
    url = s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"}, ExpiresIn=3600)
    target = url.removeprefix(server.url).encode()
    host = [(b"Host", server.url.removeprefix("http://").encode())]
    now = time.time()
    for after, expected in ((-1000, Denied), (0, Admitted), (3500, Admitted), (3700, Denied)):
        assert isinstance(server.gateway.judge(b"GET", target, host, now + after), expected)

    signed = _signed_by_botocore("s3", b"", "GET", server.url)
    for after, expected in ((-1000, Denied), (-800, Admitted), (800, Admitted), (1000, Denied)):
        assert isinstance(server.gateway.judge(b"GET", b"/b/k", signed, now + after), expected)


def test_a_body_that_was_not_signed_is_refused() -> None:
    gateway = Gateway(Hosts.of("localhost", 1), KEY, "/health", "/api")
    body = hashlib.sha256(b"signed").hexdigest()
    for service in ("s3", "sqs"):
        headers = _signed_by_botocore(service, b"signed")
        verdict = gateway.judge(b"POST", b"/b/k", headers, time.time())
        assert isinstance(verdict, Admitted)
        assert verdict.digest
        assert verdict.after_body(body) is None
        assert isinstance(verdict.after_body(hashlib.sha256(b"other").hexdigest()), Denied)


def test_only_objects_have_presigned_addresses() -> None:
    gateway = Gateway(Hosts.of("127.0.0.1", 80), KEY, "/health", "/api")
    sts = boto3.client(
        "sts",
        endpoint_url="http://127.0.0.1:80",
        region_name="eu-west-3",
        aws_access_key_id=KEY.id,
        aws_secret_access_key=KEY.secret,
    )
    url = sts.generate_presigned_url("get_caller_identity")
    target = url.partition("127.0.0.1")[2].removeprefix(":80").encode()
    verdict = gateway.judge(b"GET", target, [(b"Host", b"127.0.0.1:80")], time.time())
    assert isinstance(verdict, Denied)


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        (b"GET", b"http://evil.example/_localstack/health", []),
        (b"GET", b"//evil.example/x", []),
        (b"GET", b"*", []),
        (b"GET", b"/a#b", []),
        (b"GET", b"/a\\b", []),
        (b"GET", b"/\xc3\xa9", []),
        (b"GET", b"", []),
        (b"CONNECT", b"/x", []),
        (b"TRACE", b"/x", []),
        (b"G@T", b"/x", []),
        (b"GET", b"/x", [(b"X-Twice", b"1"), (b"x-twice", b"1")]),
        (b"GET", b"/x", [(b"X_Under", b"1")]),
        (b"POST", b"/x", [(b"Content-Length", b"1"), (b"Transfer-Encoding", b"chunked")]),
        (b"GET", b"/x", [(b"Upgrade", b"websocket")]),
        (b"GET", b"/x", [(b"X-LocalStack-Data", b"{}")]),
        (b"GET", b"/x", [(b"x-moto-account-id", b"1")]),
    ],
)
def test_what_has_two_meanings_or_none_is_refused_on_every_path(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    gateway = Gateway(Hosts.of("localhost", 1), KEY, "/x", "/x")
    verdict = gateway.judge(method, target, [(b"Host", b"localhost:1"), *headers], 0)
    assert isinstance(verdict, Denied)
    assert verdict.status in (400, 405)


# ---- answers ----


def test_an_object_is_downloaded_never_shown() -> None:
    gateway = Gateway(Hosts.of("localhost", 1), KEY, "/x", "/x")
    headers = _signed_by_botocore("s3", b"", "GET")
    verdict = gateway.judge(b"GET", b"/b/k", headers, time.time())
    assert isinstance(verdict, Admitted)
    for sent in ({}, {"content-disposition": "inline; filename=attachment.html"}):
        change = gateway.protection(verdict, sent)
        assert change["Content-Disposition"] == "attachment"
        assert change["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in str(change["Content-Security-Policy"])
    named = gateway.protection(verdict, {"content-disposition": 'attachment; filename="a.csv"'})
    assert "Content-Disposition" not in named


def test_no_answer_opens_a_door_to_other_sites() -> None:
    gateway = Gateway(Hosts.of("localhost", 1), KEY, "/health", "/api")
    verdict = gateway.judge(b"GET", b"/api/x", [(b"Host", b"localhost:1")], 0)
    assert isinstance(verdict, Admitted)
    sent = {
        "access-control-allow-origin": "https://app.localstack.cloud",
        "access-control-allow-credentials": "true",
        "location": "http://evil.example/",
        "refresh": "0; url=http://evil.example",
    }
    change = gateway.protection(verdict, sent)
    assert {name for name, value in change.items() if value is None} == set(sent)
    assert "location" not in gateway.protection(verdict, {"location": "http://localhost:1/b"})
    assert "location" not in gateway.protection(verdict, {"location": "/b"})


def _signed_by_botocore(
    service: str, body: bytes, method: str = "POST", url: str = "http://localhost:1"
) -> list[tuple[bytes, bytes]]:
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, f"{url}/b/k", data=body)
    request.context["client_config"] = Config()
    signer(Credentials(KEY.id, KEY.secret), service, "eu-west-3").add_auth(request)
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    return [*headers, (b"Host", url.removeprefix("http://").encode())]
