"""Which version of each family serves: one JSON object in S3, changed atomically."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from satispy.errors import BrokenArtefact, Conflict, NoModel, NotFound
from satispy.journal import Actor
from satispy.registry.changes import Change, Kind, Production, count, enter, find
from satispy.registry.promoted import (
    ASPECTS,
    Earlier,
    Promoted,
    Promotion,
    Settlement,
    counted,
    next_change,
    noted,
)
from satispy.storage import Store

__all__ = ["ASPECTS", "Production", "Promoted", "Promotion", "Settlement"]

KEY = "models/promoted.json"
#: Runs whose verdict is known to be settled.
SETTLED = 100
#: How many versions of each family are kept here to go back to; the journal knows those before.
KEPT = 50
PUBLISH: Final = Actor(who="publish", via="pipeline")


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
            "%(key)s does not say which models serve: the next retrain writes it "
            "anew, `satispy models promote` does so at once",
            key=key,
        ) from error


def mend(store: Store) -> None:
    """Whatever stands in its place and is no pointer makes way for an empty one; a bucket with
    versions keeps it."""
    try:
        read(store)
    except BrokenArtefact:
        update(store, lambda now: now)


def promote(store: Store, family: str, production: Production, reason: str, by: Actor) -> Promoted:
    """Let this version serve its family, or as the model of ASPECTS."""

    return update(store, lambda now: _promoted(now, family, production, reason, by))


def rollback(
    store: Store, family: str, now: datetime, by: Actor, reason: str = "rollback"
) -> Promoted:
    """Let what served before the current version was brought in serve again.

    Going back twice goes two versions back, to the first that was promoted: what the pointer does
    not hold is in the journal. Raises NotFound where nothing is left to go back to.
    """

    def change(promoted: Promoted) -> Promoted:
        serving = promoted.of(family)
        if serving is None:
            raise NoModel("no %(family)s is promoted: there is nothing to roll back", family=family)
        kept, below = promoted.earlier.get(family, []), promoted.below
        if not kept:
            kept, below = _from_journal(store, promoted, family)
        if not kept:
            raise NotFound(
                "%(tag)s is the first %(family)s that was promoted, or the first that is "
                "known: `satispy models promote` takes any version by name",
                tag=serving.tag,
                family=family,
            )
        back = Production.model_validate(kept[-1].model_dump() | {"since": now})
        changed = _with(promoted, family, back, "rolled_back", reason, by)
        return changed.model_copy(
            update={"earlier": {**promoted.earlier, family: kept[:-1]}, "below": below}
        )

    return update(store, change)


def let_answer(store: Store, family: str, now: datetime, reason: str, by: Actor) -> Promoted:
    """Let this family answer when none is asked for. Raises NoModel where none of it serves."""

    def change(promoted: Promoted) -> Promoted:
        if family not in promoted.families:
            raise NoModel(
                "no %(family)s is promoted: it cannot be the default model", family=family
            )
        return _answering(promoted, family, now, reason, by)

    return update(store, change)


def settle(store: Store, settlement: Settlement, by: Actor = PUBLISH) -> Promoted:
    """Let serve what a run has brought, in one write; nothing if that was done already.

    Raises Outdated, with nothing written, if other versions serve now than it was judged against.
    """

    def change(now: Promoted) -> Promoted:
        if settlement.run in now.settled:
            return now
        if settlement.based_on != now.tags():
            raise Outdated("other models serve than %(run)s was judged against", run=settlement.run)
        changed = now
        for family, promotion in settlement.promotions.items():
            changed = _promoted(
                changed, family, promotion.production, promotion.reason, by, promotion.code
            )
        anchors = {
            family: promotion.anchor
            for family, promotion in settlement.promotions.items()
            if promotion.anchor is not None
        }
        default = settlement.default_model
        if default in changed.families:
            since = max(each.since for each in changed.families.values())
            changed = _answering(changed, default, since, settlement.run, by)
        return changed.model_copy(
            update={
                "anchors": {**changed.anchors, **anchors},
                "settled": [*now.settled, settlement.run][-SETTLED:],
            }
        )

    return update(store, change)


def let_aspects_serve(store: Store, production: Production, by: Actor = PUBLISH) -> Promoted:
    """Let this model tell what reviews speak of, unless one of a later run does, or a person has
    replaced one of the same digest."""

    def change(now: Promoted) -> Promoted:
        if now.aspects is not None and now.aspects.dataset_version > production.dataset_version:
            return now
        if production.digest == now.set_aside:
            return now
        changed = _promoted(now, ASPECTS, production, production.run, by)
        return changed.model_copy(update={"set_aside": None})

    return update(store, change)


def update(store: Store, change: Callable[[Promoted], Promoted]) -> Promoted:
    """Change the pointer as it is when it is written; returns what it then is, once what serves is
    entered in the journal."""
    changed = _written(store, lambda now: change(_counted(store, now)))
    if not changed.unrecorded:
        return changed
    newest = enter(store, changed.unrecorded)
    if newest is None:
        return changed
    done = changed.unrecorded[-1].number

    def without(now: Promoted) -> Promoted:
        waiting = [each for each in now.unrecorded if each.number > done]
        if len(waiting) == len(now.unrecorded):  # somebody else entered them
            return now
        return now.model_copy(update={"unrecorded": waiting, "recorded": newest})

    return _written(store, without)


def _written(store: Store, change: Callable[[Promoted], Promoted]) -> Promoted:
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


def _promoted(
    now: Promoted, family: str, production: Production, reason: str, by: Actor, code: str = ""
) -> Promoted:
    old = now.of(family)
    if old is not None and old.tag == production.tag:
        return now
    changed = _with(now, family, production, "promoted", reason, by, code)
    if old is None:
        return changed
    kept = [
        *now.earlier.get(family, []),
        Earlier.model_validate(old.model_dump() | {"change": changed.changes}),
    ]
    below = changed.below
    if len(kept) > KEPT:
        gone, *kept = kept
        below = {name: each for name, each in below.items() if name != family}
        if gone.change is not None:
            below[family] = gone.change
    earlier = {**now.earlier, family: kept}
    return changed.model_copy(update={"earlier": earlier, "below": below})


def _with(
    now: Promoted,
    family: str,
    production: Production,
    kind: Kind,
    reason: str,
    by: Actor,
    code: str = "",
) -> Promoted:
    """This version serves, which is one more change; what could come back is as it was."""
    old = now.of(family)
    kept = now.earlier.get(family, [])
    if family == ASPECTS:
        aside = old.digest if old else None
        changed = now.model_copy(update={"aspects": production, "set_aside": aside})
    else:
        changed = _with_family(now, family, production)
    line = Change(
        **next_change(now, production.since),
        kind=kind,
        family=family,
        tag=production.tag,
        was=old.tag if old else None,
        replaced=old,
        below=kept[-1].change if kept else now.below.get(family),
        reason=reason,
        code=code,
        by=by,
        then=changed.serving(),
    )
    return noted(changed, line)


def _with_family(now: Promoted, family: str, production: Production) -> Promoted:
    families = {**now.families, family: production}
    default = now.default_model
    if default not in families:
        default = max(families, key=lambda each: families[each].accuracy)
    return now.model_copy(
        update={
            "families": families,
            "default_model": default,
            # A person's choice, or a better version: losses count from here.
            "anchors": {of: each for of, each in now.anchors.items() if of != family},
        }
    )


def _answering(now: Promoted, family: str, when: datetime, reason: str, by: Actor) -> Promoted:
    if now.default_model == family:
        return now
    changed = now.model_copy(update={"default_model": family})
    line = Change(
        **next_change(now, when),
        kind="default",
        family=family,
        tag=now.families[family].tag,
        was=now.default_model,
        reason=reason,
        by=by,
        then=changed.serving(),
    )
    return noted(changed, line)


def _counted(store: Store, now: Promoted) -> Promoted:
    return now if now.changes is not None else counted(now, count(store))


def _from_journal(
    store: Store, promoted: Promoted, family: str
) -> tuple[list[Earlier], dict[str, int]]:
    """What comes back once the pointer holds nothing that could, and what then comes after it."""
    number = promoted.below.get(family)
    if number is None:
        return [], promoted.below
    change = find(store, number)
    below = {name: each for name, each in promoted.below.items() if name != family}
    if change.below is not None:
        below[family] = change.below
    if change.replaced is None:
        return [], below
    return [Earlier.model_validate(change.replaced.model_dump() | {"change": number})], below


def _bytes(promoted: Promoted) -> bytes:
    return promoted.model_dump_json(indent=1).encode()
