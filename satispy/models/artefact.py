"""A trained model on disk: a folder of plain arrays, lists and one `model.json`, with digests.

Nothing in it can run code when it is read, so a model may come from anywhere: bytes that are not
those that were written are refused.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from satispy.errors import BrokenArtefact

FORMAT = 4
ABOUT = "model.json"


@dataclass(frozen=True)
class Artefact:
    """What `read` found: the description, and the arrays and lists by name."""

    about: dict[str, Any]
    arrays: dict[str, np.ndarray]
    lists: dict[str, list[str]]
    digest: str


def write(
    folder: Path,
    about: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    lists: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Returns the digest: the same model gives the same digest, on any day and in any folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    for name, values in (lists or {}).items():
        text = json.dumps(list(values), ensure_ascii=False)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    names = sorted([f"{name}.npy" for name in arrays] + [f"{name}.json" for name in lists or {}])
    files = {name: _sha256((folder / name).read_bytes()) for name in names}
    description = {"format": FORMAT, **about, "files": files}
    text = json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / ABOUT).write_text(text, encoding="utf-8")
    return _sha256(text.encode())


def read(folder: Path) -> Artefact:
    try:
        text = (folder / ABOUT).read_bytes()
        about = json.loads(text)
    except FileNotFoundError as error:
        raise BrokenArtefact(
            "%(folder)s holds no %(about)s: it is not a model", folder=folder, about=ABOUT
        ) from error
    except ValueError as error:
        raise BrokenArtefact(
            "%(folder)s is not JSON: %(error)s", folder=folder / ABOUT, error=error
        ) from error
    if about.get("format") != FORMAT:
        raise BrokenArtefact(
            "%(folder)s has format %(format)s; this version of satispy reads %(reads)s",
            folder=folder,
            format=about.get("format"),
            reads=FORMAT,
        )
    arrays: dict[str, np.ndarray] = {}
    lists: dict[str, list[str]] = {}
    for name, digest in about["files"].items():
        path = folder / name
        if not path.is_file() or _sha256(path.read_bytes()) != digest:
            raise BrokenArtefact(
                "%(path)s is missing or not the file that was saved: train again", path=path
            )
        if path.suffix == ".npy":
            arrays[path.stem] = np.load(path, allow_pickle=False)
        else:
            lists[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return Artefact(about, arrays, lists, _sha256(text))


def digest(folder: Path) -> str:
    """The digest of a saved model, without reading its arrays."""
    return _sha256((folder / ABOUT).read_bytes())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
