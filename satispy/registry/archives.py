"""The archive of each saved model in S3, and the names that people call them by."""

import re

from satispy.errors import NotFound
from satispy.storage import Store

#: BentoML's rules for both parts of a tag.
_ARCHIVE = re.compile(
    r"models/(?P<name>satispy-[a-z0-9._-]{1,50})/(?P<version>[a-z0-9][a-z0-9._-]{0,62})\.bentomodel"
)


def archives(store: Store) -> dict[str, int]:
    """Tag → bytes of every model in S3, by name and age, whatever this machine has."""
    found = {}
    for entry in store.list("models"):
        if key := _ARCHIVE.fullmatch(entry.key):
            found[f"{key['name']}:{key['version']}"] = entry.size
    return dict(sorted(found.items(), key=lambda each: age(each[0])))


def age(tag: str) -> tuple[str, int, str]:
    """What sorts the models of one name by run: beyond v99999 text does not."""
    name, _, version = tag.partition(":")
    number = re.match(r"v(\d+)", version)
    return name, int(number[1]) if number else -1, version


def find(store: Store, given: str) -> str:
    """The tag meant by `satispy-gbc:v00003-1f2e`, `gbc:v00003-1f2e` or `gbc:v00003`.

    Raises NotFound where none begins so, and where more than one does.
    """
    whole = f"satispy-{given.removeprefix('satispy-')}"
    known = archives(store)
    # A run ends where its digest begins: v10000 is not v100000.
    of_run = [tag for tag in known if tag.rpartition("-")[0] == whole]
    begins = [tag for tag in known if tag.startswith(whole)]
    meant = [whole] if whole in known else of_run or begins
    if len(meant) > 1:
        raise NotFound(
            "%(given)s may be %(meant)s: which one?", given=given, meant=" or ".join(meant)
        )
    if not meant:
        raise NotFound("there is no model %(given)s; `satispy models list` shows all", given=given)
    return meant[0]


def archive_key(tag: str) -> str:
    name, version = tag.split(":")
    return f"models/{name}/{version}.bentomodel"


def native_key(tag: str) -> str:
    """Of the trainers' own objects, beside the archive: `satispy.models.training.native`."""
    return archive_key(tag).replace(".bentomodel", ".native.zip")
