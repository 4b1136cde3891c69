"""Trained models in the BentoML store of this machine, and their archives in S3."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from satispy.errors import BrokenArtefact, NotFound
from satispy.models import artefact
from satispy.models.families import load
from satispy.models.sentiment import SentimentModel
from satispy.registry.archives import archive_key
from satispy.storage import Store

# BentoML reports each save to its makers, unless told not to before it is imported.
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

VECTORS = "satispy-vectors"


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
        from bentoml._internal.models import ModelStore as BentoModelStore

        self._bentoml = bentoml
        # The public functions take a store to use, but have no public way to name another folder.
        self._where = {}
        if home is not None:
            (home / "models").mkdir(parents=True, exist_ok=True)
            self._where = {"_model_store": BentoModelStore(home / "models")}

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
        if self.has(tag):
            if _same_files(self.path(tag), folder):
                return tag
            self.delete(tag)  # what a save that was killed left behind
        with self._bentoml.models.create(
            tag,
            module="satispy.models",
            labels=dict(labels),
            metadata=dict(metadata),
            **self._where,
        ) as model:
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

    def describe(self, tag: str) -> Saved:
        return _saved(self._get(tag))

    def list(self, name: str | None = None) -> list[Saved]:
        """Oldest first."""
        try:
            found = [_saved(model) for model in self._bentoml.models.list(name, **self._where)]
        except self._bentoml.exceptions.NotFound:
            return []
        ours = [saved for saved in found if saved.tag.startswith("satispy-")]
        return sorted(ours, key=lambda saved: saved.created)

    def delete(self, tag: str) -> None:
        self._get(tag)
        self._bentoml.models.delete(tag, **self._where)

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
        """Make sure that the model, and the word vectors it pins, are here; from S3 if need be."""
        if not self.has(tag):
            with tempfile.TemporaryDirectory() as folder:
                path = store.download(archive_key(tag), Path(folder) / "model.tar")
                self._bentoml.models.import_model(str(path), input_format="tar", **self._where)
        vectors = self._get(tag).info.metadata.get("vectors")
        if vectors:
            self.fetch(vectors, store)
        return self.path(tag)

    def _get(self, tag: str) -> Any:
        missing = NotFound(f"the model store has no {tag}; `satispy models list` shows all")
        try:
            model = self._bentoml.models.get(tag, **self._where)
        except self._bentoml.exceptions.BentoMLException as error:
            raise missing from error
        # BentoML also takes `latest` and the beginning of a version.
        if str(model.tag) != tag:
            raise missing
        return model


def _saved(model: Any) -> Saved:
    return Saved(
        str(model.tag),
        model.creation_time,
        model.file_size,
        dict(model.info.labels),
        dict(model.info.metadata),
    )


def _same_files(saved: Path, folder: Path) -> bool:
    try:
        return artefact.digest(saved) == artefact.digest(folder)
    except (FileNotFoundError, BrokenArtefact):
        return False
