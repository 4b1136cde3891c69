"""A version that a person lets serve, whatever the evidence says: from a terminal or the app."""

import tarfile
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.registry.archives import archive_key
from satispy.registry.changes import Production
from satispy.registry.promoted import ASPECTS
from satispy.storage import Store


def production_of(tag: str, about: Mapping[str, Any], now: datetime) -> Production:
    """about: the metadata it was saved with. Raises SatispyError for word vectors."""
    aspects = family_of(tag) == ASPECTS
    if "origin" not in about and not aspects:
        raise SatispyError(
            "%(tag)s answers no question: only gbc, svm, ann and aspects can be promoted", tag=tag
        )
    return Production(
        tag=tag,
        archive=archive_key(tag),
        digest=about["digest"],
        run=about["run"],
        dataset_version=about["dataset_version"],
        rows=about.get("rows", 0),
        split=about.get("split", "published"),
        since=now,
        accuracy=1.0 if aspects else about["origin"]["accuracy"],
    )


def archived_metadata(store: Store, tag: str) -> dict[str, Any]:
    """What a model was saved with, read from its archive: BentoML, which writes it, is not needed.

    Downloads the archive, some megabytes. Raises NotFound and BrokenArtefact.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = store.download(archive_key(tag), Path(folder) / "model.tar")
        try:
            with tarfile.open(path) as archive:
                member = next(each for each in archive if Path(each.name).name == "model.yaml")
                file = archive.extractfile(member)
                found: Any = yaml.safe_load(file.read()) if file else None
                return dict(found["metadata"])
        except (tarfile.TarError, StopIteration, yaml.YAMLError, KeyError, TypeError) as error:
            raise BrokenArtefact(
                "%(archive_key)s is no archive of a model", archive_key=archive_key(tag)
            ) from error


def family_of(tag: str) -> str:
    name, colon, version = tag.partition(":")
    if not (colon and version and name.startswith("satispy-")):
        raise NotFound("%(tag)s is no model", tag=tag)
    return name.removeprefix("satispy-")
