from datetime import UTC, datetime

from satispy.embeddings import choice
from satispy.storage import Store


def test_without_a_choice_retrains_train_their_own(tmp_path):
    store = Store.folder(tmp_path)
    assert choice.read(store) is None
    choice.write(store, None)
    assert choice.read(store) is None


def test_a_choice_is_read_as_it_was_written_and_can_be_taken_back(tmp_path):
    store = Store.folder(tmp_path)
    chosen = choice.Choice(
        tag="satispy-vectors:abc",
        digest="abc",
        source="s3://models/frwiki.pkl",
        dim=100,
        words=3,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )
    choice.write(store, chosen)
    assert choice.read(store) == chosen
    choice.write(store, None)
    assert choice.read(store) is None
