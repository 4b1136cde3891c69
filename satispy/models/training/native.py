"""The trainers' own objects, kept for research in formats that run no code when they are read."""

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from satispy.models.training.rows import Fitted

MEMBERS = "members.skops"


def pack(fitted: Fitted, archive: Path) -> Path:
    """A zip of the members of the committee; returns `archive` with its suffix.

    LightGBM's text for gbc, `.keras` for ann, one file a member; skops for scikit-learn's svm, in
    one file, where what members share stands once.
    """
    with tempfile.TemporaryDirectory() as folder:
        _write(fitted, Path(folder))
        path = archive.with_suffix(".zip")
        with zipfile.ZipFile(path, "w") as packed:
            for file in sorted(Path(folder).iterdir()):
                # The others are archives themselves, of numbers that nothing makes smaller.
                text = file.suffix == ".txt"
                how = zipfile.ZIP_DEFLATED if text else zipfile.ZIP_STORED
                packed.write(file, file.name, compress_type=how)
        return path


def unpack(archive: Path, folder: Path) -> list[Any]:
    """The objects again, from the zip that is extracted to `folder`."""
    shutil.unpack_archive(archive, folder)
    together = folder / MEMBERS
    return (
        _read(together)
        if together.exists()
        else [_read(path) for path in sorted(folder.glob("member-*"))]
    )


def _write(fitted: Fitted, folder: Path) -> None:
    if fitted.family == "svm":
        import skops.io

        skops.io.dump(fitted.native, folder / MEMBERS)
        return
    for number, member in enumerate(fitted.native, start=1):
        path = folder / f"member-{number:02}"
        if fitted.family == "gbc":
            member.booster_.save_model(path.with_suffix(".txt"))
        else:
            member.save(path.with_suffix(".keras"))


def _read(path: Path) -> Any:
    if path.suffix == ".txt":
        from lightgbm import Booster

        return Booster(model_file=path)
    if path.suffix == ".skops":
        import skops.io

        return skops.io.load(path)
    import keras

    return keras.models.load_model(path)
