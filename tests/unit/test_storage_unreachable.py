"""An S3 that does not answer is one error, with a message of one line."""

import pytest

from satispy.errors import StorageUnreachable
from satispy.settings import Settings
from satispy.storage import Store


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return Store.bucket(Settings())


def test_an_s3_that_does_not_answer_is_named_with_its_address(nobody_listens: Store) -> None:
    with pytest.raises(
        StorageUnreachable, match=r"s3://satispy does not answer: .*127\.0\.0\.1:9"
    ) as caught:
        nobody_listens.list("reports")
    assert "\n" not in str(caught.value)
