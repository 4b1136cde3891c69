"""Which version of each family serves: one JSON object in S3, changed atomically."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from satispy.errors import BrokenArtefact, Conflict, NoModel, NotFound
from satispy.storage import Store

KEY = "models/promoted.json"
HISTORY = 100
#: How many versions each family can go back; any older one can be promoted by name.
KEPT = 50


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class Production(Record):
    """The version of one family that serves."""

    tag: str
    archive: str = Field(description="Key of its archive in the bucket")
    digest: str
    run: str
    dataset_version: int
    rows: int = Field(default=0, description="Of that dataset version")
    split: Literal["identity", "published"] = Field(
        default="published", description="Which rows it learned from: `satispy.runs.split`"
    )
    since: datetime
    accuracy: float


class Change(Record):
    """One line of the history: what took the place of what, and why."""

    when: datetime
    family: str
    tag: str
    replaced: Production | None
    reason: str


class Promoted(Record):
    families: dict[str, Production] = Field(default_factory=dict)
    champion: str | None = Field(
        default=None, description="The family that answers when none is asked for"
    )
    history: list[Change] = Field(default_factory=list, description="Oldest first")
    earlier: dict[str, list[Production]] = Field(
        default_factory=dict,
        description="By family: what a rollback brings back, the next one last",
    )

    @model_validator(mode="before")
    @classmethod
    def _with_earlier(cls, data: Any) -> Any:
        """A pointer written before there was `earlier` has it in its history."""
        if isinstance(data, dict) and "earlier" not in data:
            return {**data, "earlier": _replayed(data.get("history", []))}
        return data


def read(store: Store) -> Promoted:
    """What serves now; nothing, before the first promotion. Raises BrokenArtefact."""
    try:
        return _parse(store.read(KEY))
    except NotFound:
        return Promoted()


def _parse(data: bytes) -> Promoted:
    try:
        return Promoted.model_validate_json(data)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:  # of an old history
        raise BrokenArtefact(
            f"{KEY} does not say which models serve: the next retrain writes it anew, "
            "`satispy models promote` does so at once"
        ) from error


def mend(store: Store) -> None:
    """Whatever stands in its place and is no pointer makes way for an empty one; a bucket with
    versions keeps it."""
    try:
        read(store)
    except BrokenArtefact:
        update(store, lambda now: now)


def promote(store: Store, family: str, production: Production, reason: str) -> Promoted:
    """Let this version serve its family."""

    def change(now: Promoted) -> Promoted:
        old = now.families.get(family)
        if old is not None and old.tag == production.tag:
            return now
        line = Change(
            when=production.since,
            family=family,
            tag=production.tag,
            replaced=old,
            reason=reason,
        )
        return _with(now, {**now.families, family: production}, line)

    return update(store, change)


def rollback(store: Store, family: str, now: datetime, reason: str = "rollback") -> Promoted:
    """Let what served before the current version was brought in serve again.

    Going back twice goes two versions back. Raises NotFound where nothing is kept to go back to.
    """

    def change(promoted: Promoted) -> Promoted:
        serving = promoted.families.get(family)
        if serving is None:
            raise NoModel(f"no {family} is promoted: there is nothing to roll back")
        kept = promoted.earlier.get(family, [])
        if not kept:
            raise NotFound(
                f"{serving.tag} is the first {family} that was promoted, or the first that is"
                f" kept: `satispy models promote` takes any version by name"
            )
        back = kept[-1].model_copy(update={"since": now})
        line = Change(when=now, family=family, tag=back.tag, replaced=serving, reason=reason)
        changed = _with(promoted, {**promoted.families, family: back}, line)
        return changed.model_copy(update={"earlier": {**promoted.earlier, family: kept[:-1]}})

    return update(store, change)


def name_champion(store: Store, family: str) -> Promoted:
    """Let this family answer when none is asked for, if it serves."""

    def change(now: Promoted) -> Promoted:
        return now.model_copy(update={"champion": family}) if family in now.families else now

    return update(store, change)


def update(store: Store, change: Callable[[Promoted], Promoted], attempts: int = 20) -> Promoted:
    """Read, change, write; again from the start whenever another writer came first."""
    for _ in range(attempts):
        try:
            data, etag = store.read_with_etag(KEY)
        except NotFound:
            wanted = change(Promoted())
            try:
                store.create(KEY, _bytes(wanted))
            except Conflict:
                continue
            return wanted
        try:
            now = _parse(data)
        except BrokenArtefact:
            now = None  # whatever comes next is better; the bucket keeps the version
        wanted = change(now or Promoted())
        if wanted == now:
            return now
        try:
            store.replace(KEY, _bytes(wanted), etag)
        except Conflict:
            continue
        return wanted
    raise Conflict(f"{KEY} changed {attempts} times while it was being written; try again")


def _with(now: Promoted, families: dict[str, Production], line: Change) -> Promoted:
    champion = now.champion
    if champion not in families:
        champion = max(families, key=lambda family: families[family].accuracy)
    earlier = now.earlier
    if line.replaced is not None:
        kept = [*earlier.get(line.family, []), line.replaced][-KEPT:]
        earlier = {**earlier, line.family: kept}
    history = [*now.history, line][-HISTORY:]
    return Promoted(families=families, champion=champion, history=history, earlier=earlier)


def _replayed(history: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """`earlier`, from the lines of a history: a promotion adds to it, a rollback takes away."""
    earlier: dict[str, list[Any]] = {}
    for line in history:
        kept = earlier.setdefault(line["family"], [])
        tags = [each["tag"] for each in kept]
        if line["reason"].startswith("rollback"):
            if line["tag"] in tags:
                del kept[len(tags) - 1 - tags[::-1].index(line["tag"]) :]
        elif line["replaced"] is not None:
            kept.append(line["replaced"])
    return earlier


def _bytes(promoted: Promoted) -> bytes:
    return promoted.model_dump_json(indent=1).encode()
