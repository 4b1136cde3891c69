"""What S3 answers of an object is the same before and after LocalStack was killed."""

import json
import os
import pickle
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import boto3
import pytest
from stacks import speak_to

from infra import environment, processes
from infra import home as homes
from infra.parts import LOCALSTACK_PYTHON
from infra.stack import Stack
from satispy.keys import LeftOut
from tests.own_stack import stack_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

BUCKET = "kept"
#: What the provider wrote before: the entry itself, pickled.
PICKLED = """
import pickle, sys
from pathlib import Path
from satispy_localstack.records import from_json
for path in Path(sys.argv[1]).glob("*.object"):
    entry = from_json(path.read_bytes())
    path.write_bytes(pickle.dumps(entry))
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """LocalStack alone."""
    stack = stack_in(tmp_path_factory.mktemp("records") / "home")
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.FOREIGN:
            patch.delenv(name, raising=False)
        homes.make(stack.home)
        speak_to(stack, patch)
        try:
            stack._start_cloud(lambda _: None)
            yield stack
        finally:
            stack.down()


def s3_of(stack: Stack) -> Any:
    return boto3.client("s3", endpoint_url=stack.localstack.url)


def make_bucket(stack: Stack) -> None:
    """As the template does, each time."""
    s3 = s3_of(stack)
    where = {"LocationConstraint": stack.settings.region}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def restart(stack: Stack) -> None:
    running = processes.recorded(stack.home, stack.localstack.name)
    assert running
    os.kill(running.pid, signal.SIGKILL)
    while running.process():
        time.sleep(0.02)
    stack._start_cloud(lambda _: None)
    make_bucket(stack)


def furnish(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="plain", Body=b"one")
    s3.put_object(Bucket=BUCKET, Key="plain", Body=b"two")
    s3.put_object(
        Bucket=BUCKET,
        Key="é/with everything",
        Body=b"x" * 1000,
        Metadata={"time": "2026-11-25", "Mixed-Case": "kept lower", "kind": "object"},
        ContentType="text/csv; charset=utf-8",
        ContentEncoding="identity",
        ContentDisposition='attachment; filename="a.csv"',
        ContentLanguage="fr",
        CacheControl="no-store",
        Expires="Wed, 21 Oct 2026 07:28:00 GMT",
        StorageClass="STANDARD_IA",
        ServerSideEncryption="AES256",
        WebsiteRedirectLocation="/elsewhere",
        ChecksumAlgorithm="SHA256",
    )
    s3.put_object(Bucket=BUCKET, Key="crc", Body=b"sum", ChecksumAlgorithm="CRC32")
    s3.put_object(Bucket=BUCKET, Key="deleted", Body=b"gone")
    s3.delete_object(Bucket=BUCKET, Key="deleted")
    s3.put_object(Bucket=BUCKET, Key="back again", Body=b"old")
    s3.delete_object(Bucket=BUCKET, Key="back again")
    s3.put_object(Bucket=BUCKET, Key="back again", Body=b"new")
    s3.put_object(Bucket=BUCKET, Key="a version is removed", Body=b"first")
    second = s3.put_object(Bucket=BUCKET, Key="a version is removed", Body=b"second")
    s3.delete_object(Bucket=BUCKET, Key="a version is removed", VersionId=second["VersionId"])
    upload = s3.create_multipart_upload(
        Bucket=BUCKET, Key="parts", Metadata={"by": "parts"}, ChecksumAlgorithm="CRC32"
    )["UploadId"]
    sent = []
    for number, data in enumerate((b"a" * (5 << 20), b"b" * 10), 1):
        part = s3.upload_part(
            Bucket=BUCKET,
            Key="parts",
            UploadId=upload,
            PartNumber=number,
            Body=data,
            ChecksumAlgorithm="CRC32",
        )
        sent.append(
            {"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]}
        )
    s3.complete_multipart_upload(
        Bucket=BUCKET, Key="parts", UploadId=upload, MultipartUpload={"Parts": sent}
    )
    s3.copy_object(
        Bucket=BUCKET, Key="copied", CopySource={"Bucket": BUCKET, "Key": "é/with everything"}
    )
    s3.copy_object(
        Bucket=BUCKET,
        Key="copied with other metadata",
        CopySource={"Bucket": BUCKET, "Key": "plain"},
        MetadataDirective="REPLACE",
        Metadata={"new": "yes"},
    )
    for number in range(3):
        s3.put_object(Bucket=BUCKET, Key="odd//../key", Body=f"{number}".encode())


def answers(s3: Any) -> dict[str, Any]:
    """All that S3 says of the objects, but for what differs from one answer to the next."""
    listed = s3.list_object_versions(Bucket=BUCKET)
    said: dict[str, Any] = {
        "versions": listed.get("Versions"),
        "markers": listed.get("DeleteMarkers"),
        "current": s3.list_objects_v2(Bucket=BUCKET, FetchOwner=True)["Contents"],
    }
    for version in listed["Versions"]:
        where = {"Bucket": BUCKET, "Key": version["Key"], "VersionId": version["VersionId"]}
        name = f"{version['Key']} {version['VersionId']}"
        answer = s3.get_object(**where, ChecksumMode="ENABLED")
        said[f"bytes of {name}"] = answer.pop("Body").read()
        said[f"get {name}"] = _lasting(answer)
        said[f"head {name}"] = _lasting(s3.head_object(**where, ChecksumMode="ENABLED"))
        wanted = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
        said[f"attributes of {name}"] = _lasting(
            s3.get_object_attributes(**where, ObjectAttributes=wanted)
        )
    said["part 2"] = s3.get_object(Bucket=BUCKET, Key="parts", PartNumber=2)["Body"].read()
    return said


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_every_answer_is_the_same_after_kill_9(stack: Stack) -> None:
    make_bucket(stack)
    furnish(s3_of(stack))
    before = answers(s3_of(stack))
    restart(stack)
    after = answers(s3_of(stack))
    assert list(after) == list(before)
    for name, said in before.items():
        assert after[name] == said, name
    restart(stack)
    assert answers(s3_of(stack)) == before


def test_records_are_json_and_no_file_is_for_others(stack: Stack) -> None:
    records = list((stack.home / "s3" / BUCKET).glob("*.object"))
    assert records
    assert {json.loads(path.read_bytes())["kind"] for path in records} == {"object", "marker"}


def test_a_broken_record_is_set_aside_and_named_and_the_others_are_read(
    stack: Stack, tmp_path: Path
) -> None:
    s3 = s3_of(stack)
    folder = stack.home / "s3" / BUCKET
    before = set(folder.glob("*.object"))
    s3.put_object(Bucket=BUCKET, Key="torn", Body=b"torn")
    s3.put_object(Bucket=BUCKET, Key="evil", Body=b"evil")
    torn, evil = {*folder.glob("*.object")} - before
    torn.write_bytes(torn.read_bytes()[:40])
    ran = tmp_path / "ran"
    evil.write_bytes(pickle.dumps(Touch(str(ran))))
    restart(stack)
    keys = {entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    assert "plain" in keys
    assert not keys & {"torn", "evil"}
    assert not ran.exists()
    assert {each.key for each in stack.broken_records()} == {
        f"{BUCKET}/{path.with_suffix('.broken').name}" for path in (torn, evil)
    }
    assert all(isinstance(each, LeftOut) and each.reason for each in stack.broken_records())
    s3.put_object(Bucket=BUCKET, Key="torn", Body=b"whole again")
    assert s3.get_object(Bucket=BUCKET, Key="torn")["Body"].read() == b"whole again"


class Touch:
    """A pickle of it makes a file when it is read."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_records_of_before_are_read_once_and_written_as_json(stack: Stack) -> None:
    s3 = s3_of(stack)
    s3.put_object(Bucket=BUCKET, Key="old", Body=b"old", Metadata={"kept": "yes"})
    s3.put_object(Bucket=BUCKET, Key="old and gone", Body=b"gone")
    s3.delete_object(Bucket=BUCKET, Key="old and gone")
    before = answers(s3)
    folder = stack.home / "s3" / BUCKET
    subprocess.run([LOCALSTACK_PYTHON, "-c", PICKLED, folder], check=True)
    kinds = {path.read_bytes()[:1] for path in folder.glob("*.object")}
    assert kinds == {b"\x80"}
    restart(stack)
    assert answers(s3) == before
    assert {path.read_bytes()[:1] for path in folder.glob("*.object")} == {b"{"}


def test_who_reads_while_others_write_gets_one_whole_object(stack: Stack) -> None:
    """The head of the new object, with its length, came with the bytes of the one before."""
    texts = [b"short", b"a good deal longer"]
    where = {"LocationConstraint": stack.settings.region}
    s3_of(stack).create_bucket(Bucket="busy", CreateBucketConfiguration=where)
    s3_of(stack).put_object(Bucket="busy", Key="key", Body=texts[0])
    over = time.monotonic() + 5

    def write() -> None:
        s3 = s3_of(stack)
        for text in cycle(texts):
            s3.put_object(Bucket="busy", Key="key", Body=text)
            if time.monotonic() > over:
                return

    def read(_: int) -> set[bytes]:
        s3, found = s3_of(stack), set()
        while time.monotonic() < over:
            found.add(s3.get_object(Bucket="busy", Key="key")["Body"].read())
        return found

    with ThreadPoolExecutor(4) as pool:
        writing = pool.submit(write)
        found = set[bytes]().union(*pool.map(read, range(3)))
        writing.result()
    assert found == set(texts)
