"""An S3 that does not answer is one error, with a message of one line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def test_whatever_is_asked_of_it_the_error_is_the_same(nobody_listens: Store) -> None:
    def asked(ask: Callable[[Store], object]) -> str:
        with pytest.raises(StorageUnreachable) as caught:
            ask(nobody_listens)
        return str(caught.value)

    # At the same time: each tries for seconds before it gives up.
    with ThreadPoolExecutor(7) as pool:
        messages = pool.map(
            asked,
            [
                lambda store: store.exists("a"),
                lambda store: store.head("a"),
                lambda store: store.read_with_etag("a"),
                lambda store: list(store.stream("a")),
                lambda store: store.create("a", b""),
                lambda store: store.replace("a", b"", "etag"),
                lambda store: store.delete("a"),
            ],
        )
        assert all("does not answer" in message for message in messages)
