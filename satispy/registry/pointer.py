"""Which version of each family serves: one JSON object in S3, changed atomically."""

from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

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
    default_model: str | None = Field(
        default=None,
        description="The family that answers when none is asked for",
        validation_alias=AliasChoices("default_model", "champion"),  # as older pointers call it
    )
    history: list[Change] = Field(default_factory=list, description="Oldest first")
    earlier: dict[str, list[Production]] = Field(
        default_factory=dict,
        description="By family: what a rollback brings back, the next one last",
    )
    anchors: dict[str, Production] = Field(
        default_factory=dict,
        description="By family: the best version since one was chosen by hand, unless it serves",
    )
    aspects: Production | None = Field(
        default=None, description="The model that tells what reviews speak of"
    )
    settled: list[str] = Field(
        default_factory=list, description="The newest runs whose verdict this pointer holds"
    )

    def tags(self) -> dict[str, str]:
        """By family, what serves."""
        return {family: production.tag for family, production in self.families.items()}

    def dataset_versions(self) -> set[int]:
        """What the models learned from that serve, are the best of before, or can come back."""
        earlier = chain.from_iterable(self.earlier.values())
        named = chain(self.families.values(), self.anchors.values(), earlier)
        return {production.dataset_version for production in named}

    @model_validator(mode="before")
    @classmethod
    def _with_earlier(cls, data: Any) -> Any:
        """A pointer written before there was `earlier` has it in its history."""
        if isinstance(data, dict) and "earlier" not in data:
            return {**data, "earlier": _replayed(data.get("history", []))}
        return data


class Promotion(Record):
    """A version that takes its family over."""

    production: Production
    reason: str
    anchor: Production | None = Field(
        default=None, description="A better version of before, which later ones have to meet too"
    )


class Settlement(Record):
    """What one run changes, all at once."""

    run: str
    based_on: dict[str, str] = Field(
        description="By family, the tag that served when it was judged"
    )
    promotions: dict[str, Promotion]
    default_model: str | None


class Outdated(Conflict):
    """Other versions serve than those that were judged: judge again."""


def read(store: Store) -> Promoted:
    """What serves now; nothing, before the first promotion. Raises BrokenArtefact."""
    try:
        return parse(KEY, store.read(KEY))
    except NotFound:
        return Promoted()


def parse(key: str, data: bytes) -> Promoted:
    """Raises BrokenArtefact."""
    try:
        return Promoted.model_validate_json(data)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:  # of an old history
        raise BrokenArtefact(
            f"{key} does not say which models serve: the next retrain writes it anew, "
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

    return update(store, lambda now: _promoted(now, family, production, reason))


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


def settle(store: Store, settlement: Settlement) -> Promoted:
    """Let serve what a run has brought, in one write; nothing if that was done already.

    Raises Outdated, with nothing written, if other versions serve now than it was judged against.
    """

    def change(now: Promoted) -> Promoted:
        if settlement.run in now.settled:
            return now
        if settlement.based_on != now.tags():
            raise Outdated(f"other models serve than {settlement.run} was judged against")
        changed = now
        for family, promotion in settlement.promotions.items():
            changed = _promoted(changed, family, promotion.production, promotion.reason)
        anchors = {
            family: promotion.anchor
            for family, promotion in settlement.promotions.items()
            if promotion.anchor is not None
        }
        default = settlement.default_model
        return changed.model_copy(
            update={
                "anchors": {**changed.anchors, **anchors},
                "default_model": default if default in changed.families else changed.default_model,
                "settled": [*now.settled, settlement.run][-HISTORY:],
            }
        )

    return update(store, change)


def let_aspects_serve(store: Store, production: Production) -> Promoted:
    """Let this model tell what reviews speak of, unless one of a later run does."""

    def change(now: Promoted) -> Promoted:
        if now.aspects is not None and now.aspects.dataset_version > production.dataset_version:
            return now
        if now.aspects is not None and now.aspects.tag == production.tag:
            return now
        return now.model_copy(update={"aspects": production})

    return update(store, change)


def update(store: Store, change: Callable[[Promoted], Promoted]) -> Promoted:
    """Change the pointer as it is when it is written; returns what it then is."""
    wanted = Promoted()

    def written(data: bytes | None) -> bytes | None:
        nonlocal wanted
        try:
            now = Promoted() if data is None else parse(KEY, data)
        except BrokenArtefact:  # whatever comes next is better; the bucket keeps the version
            data, now = None, Promoted()
            wanted = change(now)
            return _bytes(wanted)
        wanted = change(now)
        return None if data is not None and wanted == now else _bytes(wanted)

    store.update(KEY, written)
    return wanted


def _promoted(now: Promoted, family: str, production: Production, reason: str) -> Promoted:
    old = now.families.get(family)
    if old is not None and old.tag == production.tag:
        return now
    line = Change(
        when=production.since, family=family, tag=production.tag, replaced=old, reason=reason
    )
    return _with(now, {**now.families, family: production}, line)


def _with(now: Promoted, families: dict[str, Production], line: Change) -> Promoted:
    default = now.default_model
    if default not in families:
        default = max(families, key=lambda family: families[family].accuracy)
    earlier = now.earlier
    if line.replaced is not None:
        kept = [*earlier.get(line.family, []), line.replaced][-KEPT:]
        earlier = {**earlier, line.family: kept}
    return now.model_copy(
        update={
            "families": families,
            "default_model": default,
            "history": [*now.history, line][-HISTORY:],
            "earlier": earlier,
            # A person's choice, or a better version: losses count from here.
            "anchors": {of: each for of, each in now.anchors.items() if of != line.family},
        }
    )


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
