"""What is skipped is named, as far as one may read."""

from pathlib import Path

from satispy import left_out
from satispy.errors import NotAllowed
from satispy.storage import Store


class WithoutAccounts(Store):
    """What the role of the app in AWS may read."""

    def read(self, key: str, version: str | None = None) -> bytes:
        if key.startswith("accounts/"):
            raise NotAllowed(f"{key} may not be read")
        return super().read(key, version)


def test_who_may_read_no_password_hash_still_hears_of_other_odd_objects(tmp_path: Path) -> None:
    Store.folder(tmp_path).write("accounts/alice.account.json", b"{}")
    store = WithoutAccounts.folder(tmp_path)
    store.write("inbox/odd.json", b"no post")
    assert [each.key for each in left_out.but_receipts_and_reports(store)] == ["inbox/odd.json"]
