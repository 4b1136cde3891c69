"""Trained models in the BentoML store of this machine, and their archives in S3.

A model arrives beside the store, is verified, and is renamed into it: whoever is killed meanwhile
leaves nothing under its tag, and of two who bring the same one the first wins. What a copy that was
killed half-way once left under a tag is replaced.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from satispy.aspects.model import AspectModel
from satispy.aspects.model import load as load_aspects
from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact, NotFound
from satispy.models import artefact
from satispy.models.families import load
from satispy.models.sentiment import SentimentModel
from satispy.registry.archives import archive_key
from satispy.storage import Store

# BentoML reports each save to its makers, unless told not to before it is imported.
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

VECTORS = "satispy-vectors"
ASPECTS_MODEL = "satispy-aspects"
#: BentoML's own description of a model.
DESCRIPTION = "model.yaml"
#: After so long nobody is copying any more what is beside the store.
ABANDONED_AFTER = 3_600.0


@dataclass(frozen=True)
class Saved:
    """One entry of the store."""

    tag: str
    created: datetime
    size: int
    labels: dict[str, str]
    metadata: dict[str, Any]


class ModelStore:
    """Models by BentoML tag (`name:version`). `home` None: BentoML's own default."""

    def __init__(self, home: Path | None = None) -> None:
        import bentoml
        from bentoml._internal.configuration.containers import BentoMLContainer
        from bentoml._internal.models import ModelStore as BentoModelStore

        self._bentoml = bentoml
        self._store_at = BentoModelStore
        self._root = home / "models" if home else Path(BentoMLContainer.model_store_dir.get())
        self._root.mkdir(parents=True, exist_ok=True)
        #: On the same file system: what is whole there is renamed into the store.
        self._arrivals = self._root.parent / "arriving"
        # The public functions take a store to use, but have no public way to name another folder.
        self._where = {"_model_store": BentoModelStore(self._root)}

    @property
    def home(self) -> Path:
        """What to open the same store with."""
        return self._root.parent

    @classmethod
    def of_bento(cls) -> "ModelStore":
        """That of the Bento that BentoML serves: inside it, in an image."""
        from bentoml._internal.configuration.containers import BentoMLContainer

        return cls(Path(BentoMLContainer.model_store.get()._path).parent)

    def save(
        self,
        folder: Path,
        name: str,
        version: str,
        labels: Mapping[str, str],
        metadata: Mapping[str, Any],
    ) -> str:
        """Returns the tag. Saving the same again changes nothing, so that a step may be retried."""
        tag = f"{name}:{version}"
        there = self._place(tag)
        if trouble(there) is None and _same(there, folder):
            return tag
        with self._arriving(tag, wanted=folder) as beside:
            created = self._bentoml.models.create(
                tag,
                module="satispy.models",
                labels=dict(labels),
                metadata=dict(metadata),
                **beside,
            )
            with created as model:
                shutil.copytree(folder, model.path, dirs_exist_ok=True)
        return tag

    def has(self, tag: str) -> bool:
        try:
            self.path(tag)
        except NotFound:
            return False
        return True

    def path(self, tag: str) -> Path:
        return Path(self._get(tag).path)

    def load(self, tag: str) -> SentimentModel:
        """The model, with the word vectors that it pins."""
        saved = self._get(tag)
        vectors = saved.info.metadata.get("vectors")
        return load(Path(saved.path), self.path(vectors) if vectors else None)

    def aspects(self, tag: str) -> AspectModel:
        return load_aspects(self.path(tag))

    def describe(self, tag: str) -> Saved:
        return _saved(self._get(tag))

    def list(self, name: str | None = None) -> list[Saved]:
        """Oldest first, but for what half a copy left."""
        names = [name] if name else sorted(each.name for each in self._root.glob("satispy-*"))
        tags = [
            f"{each}:{version.parent.name}"
            for each in names
            for version in (self._root / each).glob(f"*/{DESCRIPTION}")
        ]
        return sorted(map(self.describe, tags), key=lambda saved: saved.created)

    def delete(self, tag: str) -> None:
        self._get(tag)
        with self._beside() as beside:
            # All of it at once: half of it would be a broken model.
            self._place(tag).rename(beside / "deleted")
        self._name_latest(tag.partition(":")[0])

    def archive(self, tag: str, store: Store) -> str:
        """Copy the model to S3, unless it is there; returns the key."""
        key = archive_key(tag)
        if not store.exists(key):
            with tempfile.TemporaryDirectory() as folder:
                # A plain tar: xz, the default, takes 50 times as long on arrays.
                path = self._bentoml.models.export_model(
                    tag, f"{folder}/model.tar", output_format="tar", **self._where
                )
                store.write(key, Path(path))
        return key

    def fetch(self, tag: str, store: Store) -> Path:
        """Make sure that the model, and the word vectors it pins, are here; from S3 if need be.

        Raises BrokenArtefact if the archive does not hold what was saved.
        """
        if trouble(self._place(tag)) is not None:
            with self._arriving(tag) as beside, tempfile.TemporaryDirectory() as folder:
                path = store.download(archive_key(tag), Path(folder) / "model.tar")
                self._bentoml.models.import_model(str(path), input_format="tar", **beside)
        vectors = self._get(tag).info.metadata.get("vectors")
        if vectors:
            self.fetch(vectors, store)
        return self.path(tag)

    @contextmanager
    def _arriving(self, tag: str, wanted: Path | None = None) -> Iterator[dict[str, Any]]:
        """Where to put the model; renamed to its place when it is there and whole."""
        name, _, version = tag.partition(":")
        with self._beside() as beside:
            (beside / "models").mkdir()
            yield {"_model_store": self._store_at(beside / "models")}
            arrived = beside / "models" / name / version
            if error := trouble(arrived, every_byte=True):
                raise BrokenArtefact(
                    "%(tag)s did not arrive as it was saved: %(error)s", tag=tag, error=error
                ) from error
            if wanted is not None and not _same(arrived, wanted):
                raise BrokenArtefact(
                    "%(wanted)s has changed while it was being saved as %(tag)s",
                    wanted=wanted,
                    tag=tag,
                )
            self._put(arrived, self._place(tag), beside)
        self._name_latest(name)

    def _put(self, arrived: Path, place: Path, beside: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(100):
            try:
                return os.rename(arrived, place)  # noqa: PTH104  Path.rename says the same
            except OSError:
                if trouble(place) is None and _same(place, arrived):
                    return None  # another process was first
                try:
                    place.rename(beside / f"replaced-{attempt}")
                except FileNotFoundError:
                    continue  # and another one has moved the broken one away
        raise BrokenArtefact(
            "%(place)s is written again and again by others; try again", place=place
        )

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A folder for what is not in the store yet, or no longer."""
        self._arrivals.mkdir(parents=True, exist_ok=True)
        for left in self._arrivals.iterdir():
            try:
                abandoned = time.time() - left.stat().st_mtime > ABANDONED_AFTER
            except FileNotFoundError:
                continue
            if abandoned:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self._arrivals, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def _name_latest(self, name: str) -> None:
        """BentoML finds `name:latest` anew where this file is gone."""
        (self._root / name / "latest").unlink(missing_ok=True)

    def _place(self, tag: str) -> Path:
        name, _, version = tag.partition(":")
        return self._root / name / version

    def _get(self, tag: str) -> Any:
        missing = NotFound(
            "the model store has no %(tag)s; `satispy models list` shows all", tag=tag
        )
        # BentoML also takes `latest` and the beginning of a version.
        if not (self._place(tag) / DESCRIPTION).is_file():
            raise missing
        try:
            return self._bentoml.models.get(tag, **self._where)
        except self._bentoml.exceptions.BentoMLException as error:
            raise missing from error


def trouble(folder: Path, *, every_byte: bool = False) -> Exception | None:
    """Why this is no whole model, or no whole table of word vectors; None if it is one.

    Of word vectors, which may have gigabytes, only the sizes are looked at unless every byte is to.
    """
    try:
        if not (folder / DESCRIPTION).is_file():
            raise NotFound(
                "%(folder)s holds no %(description)s", folder=folder, description=DESCRIPTION
            )
        if (folder / artefact.ABOUT).is_file():
            artefact.read(folder)
        else:
            vectors = WordVectors.open(folder)
            if every_byte:
                vectors.verify()
    except (BrokenArtefact, NotFound, OSError, ValueError) as error:
        return error
    return None


def _saved(model: Any) -> Saved:
    return Saved(
        str(model.tag),
        model.creation_time,
        model.file_size,
        dict(model.info.labels),
        dict(model.info.metadata),
    )


def _same(saved: Path, folder: Path) -> bool:
    """Both whole."""
    if (saved / artefact.ABOUT).is_file() and (folder / artefact.ABOUT).is_file():
        return artefact.digest(saved) == artefact.digest(folder)
    try:
        return WordVectors.open(saved).digest == WordVectors.open(folder).digest
    except NotFound:
        return False
