"""What the pointer says: which versions serve, what can come back, and which changes are on their
way to the journal. An older pointer says some of it otherwise."""

from datetime import datetime
from itertools import chain
from typing import Any

from pydantic import AliasChoices, Field, ValidationError, model_validator

from satispy.journal import Actor, Anchor
from satispy.registry.changes import Change, Production, Record, Serving

#: What changes of the model of aspects are called by: it is no family, since it judges no review.
ASPECTS = "aspects"


class Earlier(Production):
    """What a rollback brings back."""

    change: int | None = Field(
        default=None, description="The change that replaced it, if it was counted"
    )


class Promoted(Record):
    families: dict[str, Production] = Field(default_factory=dict)
    default_model: str | None = Field(
        default=None,
        description="The family that answers when none is asked for",
        validation_alias=AliasChoices("default_model", "champion"),  # as older pointers call it
    )
    changes: int | None = Field(
        default=None, description="How many there were since the first; None of an older pointer"
    )
    changed: datetime | None = Field(default=None, description="When the newest was")
    unrecorded: list[Change] = Field(
        default_factory=list, description="Those on their way to the journal, oldest first"
    )
    recorded: Anchor | None = Field(
        default=None, description="Entry of the newest change that is in the journal"
    )
    earlier: dict[str, list[Earlier]] = Field(
        default_factory=dict,
        description="By family: what a rollback brings back, the next one last",
    )
    below: dict[str, int] = Field(
        default_factory=dict,
        description="By family: the change that replaced what comes back after `earlier`",
    )
    history: list[dict[str, Any]] = Field(
        default_factory=list, description="Of an older pointer, which the journal takes over"
    )
    anchors: dict[str, Production] = Field(
        default_factory=dict,
        description="By family: the best version since one was chosen by hand, unless it serves",
    )
    aspects: Production | None = Field(
        default=None, description="The model that tells what reviews speak of"
    )
    set_aside: str | None = Field(
        default=None,
        description="Digest of the model of aspects that a person replaced: its taxonomy has to"
        " change before a retrain lets one serve again",
    )
    settled: list[str] = Field(
        default_factory=list, description="The newest runs whose verdict this pointer holds"
    )

    def of(self, family: str) -> Production | None:
        """What serves of a family, or as the model of ASPECTS."""
        return self.aspects if family == ASPECTS else self.families.get(family)

    def tags(self) -> dict[str, str]:
        """By family, what serves."""
        return {family: production.tag for family, production in self.families.items()}

    def dataset_versions(self) -> set[int]:
        """What the models learned from that serve, are the best of before, or can come back."""
        earlier = chain.from_iterable(
            kept for family, kept in self.earlier.items() if family != ASPECTS
        )
        named = chain(self.families.values(), self.anchors.values(), earlier)
        return {production.dataset_version for production in named}

    def serving(self) -> Serving:
        aspects = {ASPECTS: self.aspects.tag} if self.aspects else {}
        return Serving(tags=self.tags() | aspects, default_model=self.default_model)

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
    code: str = Field(default="", description="Of that reason, as the run's report has it")
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


def next_change(now: Promoted, when: datetime) -> dict[str, Any]:
    """Number and time of the next change."""
    return {"number": (now.changes or 0) + 1, "when": max(when, now.changed or when)}


def noted(now: Promoted, line: Change) -> Promoted:
    return now.model_copy(
        update={
            "changes": line.number,
            "changed": line.when,
            "unrecorded": [*now.unrecorded, line],
        }
    )


def counted(now: Promoted, entered: int) -> Promoted:
    """An older pointer, or one that was lost, goes on counting after the changes that the journal
    holds; what its history tells is to be entered there too."""
    changed = now.model_copy(update={"changes": entered, "history": []})
    tags = now.tags()
    for old in reversed(now.history):  # the oldest line of a family tells what served before it
        replaced = old.get("replaced")
        tags[old.get("family", "")] = replaced.get("tag", "") if replaced else ""
    numbers: dict[tuple[str, str], int] = {}
    for old in now.history:
        try:
            line = _of_history(changed, old, tags)
        except (ValidationError, KeyError, TypeError, ValueError):  # no line of a history
            continue
        changed = noted(changed, line)
        if line.replaced:
            numbers[line.family, line.replaced.tag] = line.number
    earlier = {
        family: [
            each.model_copy(update={"change": numbers.get((family, each.tag))}) for each in kept
        ]
        for family, kept in now.earlier.items()
    }
    return changed.model_copy(update={"earlier": earlier})


def _of_history(now: Promoted, old: dict[str, Any], tags: dict[str, str]) -> Change:
    replaced = Production.model_validate(old["replaced"]) if old["replaced"] else None
    tags[old["family"]] = old["tag"]
    rolled_back = old["reason"].startswith("rollback")
    return Change(
        **next_change(now, datetime.fromisoformat(old["when"])),
        kind="rolled_back" if rolled_back else "promoted",
        family=old["family"],
        tag=old["tag"],
        was=replaced.tag if replaced else None,
        replaced=replaced,
        reason=old["reason"],
        by=Actor(who="not known", via="cli" if "by hand" in old["reason"] else "pipeline"),
        then=Serving(tags={of: tag for of, tag in tags.items() if tag}, default_model=None),
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
