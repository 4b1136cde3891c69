"""Names right below a prefix."""

from pathlib import Path

from satispy.storage import Store


def test_folders_are_the_names_below_a_prefix_and_not_its_objects(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for key in ("runs/v00002/a/b.json", "runs/v00001/a.json", "runs/note.txt", "reports/x.json"):
        store.write(key, b"{}")
    assert store.folders("runs") == ["v00001", "v00002"]
    assert store.folders("nothing") == []
