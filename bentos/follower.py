"""Keeps the lineup on what is promoted: fetch, verify, warm up, swap; refuse what is broken."""

import ctypes
import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast, get_args

from bentos.lineup import NOBODY, Lineup, Serving, ServingAspects
from satispy.client.types import Family, RefusedModel, StoredModel
from satispy.errors import BrokenArtefact, NotFound, SatispyError, StorageUnreachable
from satispy.models.sentiment import SentimentModel
from satispy.registry import pointer
from satispy.registry.archives import age, archives
from satispy.registry.pointer import Production, Promoted
from satispy.registry.store import ASPECTS_MODEL, ModelStore, Saved
from satispy.storage import Store

logger = logging.getLogger("bentoml.satispy")

#: Fed to a candidate before it may answer: the first call pays for lazy set-up, and a model that
#: cannot read these would fail on customers.
WARM_UP = (
    "Livraison rapide, je recommande !",
    "Commande passée il y a un mois, toujours rien reçu…",
    "👍",
    "x" * 2_000,
)
#: Versions loaded on demand, besides the promoted ones; each holds a few megabytes.
KEPT_VERSIONS = 3
#: Of what only S3 has, which every retrain adds three to.
LISTED_VERSIONS = 100


class Follower:
    """One thread writes `lineup`, everybody reads it: a reference is swapped, nothing is locked."""

    def __init__(
        self,
        bucket: Store,
        models: ModelStore,
        seconds: float,
        on_look: Callable[[Lineup], None] = lambda lineup: None,
        on_refusal: Callable[[str], None] = lambda family: None,
    ) -> None:
        self.lineup: Lineup = NOBODY
        self.refused: dict[str, RefusedModel] = {}
        self._pinned = False
        self._on_look = on_look
        self._on_refusal = on_refusal
        self._bucket = bucket
        self._models = models
        self._seconds = seconds
        self._pointer: Promoted | None = None
        self._trouble = ""
        self._aspects_trouble = ""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._on_demand: OrderedDict[str, Serving] = OrderedDict()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look once, so that a ready service answers, then go on in a thread."""
        self._look_or_log()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            self._look_or_log()

    def _look_or_log(self) -> None:
        try:
            self.look()
            self._trouble = ""
        except SatispyError as error:
            if str(error) != self._trouble:  # once, not at every look
                logger.warning("Cannot see what is promoted; what serves goes on: %s", error)
                self._trouble = str(error)
        except Exception:  # the thread must outlive whatever S3 or a disk does
            logger.exception("Cannot follow the promoted models; what serves goes on")
        self._on_look(self.lineup)

    def look(self) -> None:
        """Read the pointer and bring the lineup to it. Anything it cannot load stays as it is."""
        wanted = pointer.read(self._bucket)
        if wanted == self._pointer:
            return
        if self.lineup.by_family and not wanted.families:
            # Nothing is ever taken out of it: the bucket itself is missing, for as long as a
            # LocalStack that was started again has no template yet.
            raise NotFound("nothing is promoted any more")
        by_family: dict[Family, Serving] = {}
        complete = True
        for family in get_args(Family):
            production = wanted.families.get(family)
            if production is None:
                continue
            present = self.lineup.by_family.get(family)
            if present is not None and present.tag == production.tag:
                by_family[family] = present
                continue
            try:
                by_family[family] = self._serving(family, production)
                self.refused.pop(family, None)
            except BrokenArtefact as error:
                self._refuse(family, production, error)
            except (SatispyError, OSError) as error:
                complete = False  # not its fault, perhaps: try again at the next look
                self._refuse(family, production, error)
            if family not in by_family and present is not None:
                by_family[family] = present
        aspects, aspects_are_there = self._aspects(wanted.aspects)
        complete &= aspects_are_there
        champion = cast("Family | None", wanted.default_model)
        if champion not in by_family:
            champion = next(iter(by_family), None)
        refused = wanted.families.keys() - by_family.keys()
        lineup = Lineup(by_family, champion, refused, aspects)
        if lineup != self.lineup:
            self.lineup = lineup
            _give_memory_back()
            logger.info("Serving %s, champion %s", ", ".join(s.tag for s in self.lineup), champion)
        if complete:
            self._pointer = wanted

    def _serving(self, family: Family, production: Production) -> Serving:
        self._models.fetch(production.tag, self._bucket)
        model = self._loaded(production.tag, family)
        if model.digest != production.digest:
            raise BrokenArtefact(
                "%(tag)s has digest %(digest)s, promoted was %(promoted)s",
                tag=production.tag,
                digest=model.digest,
                promoted=production.digest,
            )
        return Serving(
            family=family,
            tag=production.tag,
            run=production.run,
            dataset_version=production.dataset_version,
            since=production.since,
            accuracy=production.accuracy,
            model=model,
        )

    def _aspects(self, production: Production | None) -> tuple[ServingAspects | None, bool]:
        """What tells aspects from now on, and whether that is what is promoted or never will be."""
        present = self.lineup.aspects
        if production is None or (present is not None and present.tag == production.tag):
            return present, True
        try:
            self._models.fetch(production.tag, self._bucket)
            found = self._stored_aspects(production.tag)
            if found.model.digest != production.digest:
                raise BrokenArtefact("%(tag)s is not what was promoted", tag=production.tag)
            return found, True
        except (SatispyError, OSError) as error:
            if str(error) != self._aspects_trouble:  # once, not at every look
                logger.error("Refused %s: %s", production.tag, error)
                self._aspects_trouble = str(error)
            return present, isinstance(error, BrokenArtefact)

    def _stored_aspects(self, tag: str) -> ServingAspects:
        return ServingAspects(tag, self._models.aspects(tag))

    def _refuse(self, family: Family, production: Production, error: Exception) -> None:
        known = self.refused.get(family)
        if known is None or (known.tag, known.reason) != (production.tag, str(error)):
            logger.error("Refused %s: %s", production.tag, error)
            self.refused[family] = RefusedModel(
                family=family, tag=production.tag, reason=str(error), at=datetime.now(UTC)
            )
            self._on_refusal(family)

    def pin(self, tags: Sequence[str], champion: str | None) -> None:
        """Serve these models, those a Bento was built with, and never others."""
        self._pinned = True
        by_family: dict[Family, Serving] = {}
        for family in get_args(Family):
            for tag in tags:
                if tag.startswith(f"satispy-{family}:"):
                    by_family[family] = self._stored(family, tag)
        accuracy = {family: serving.accuracy or 0.0 for family, serving in by_family.items()}
        best = max(accuracy, key=lambda family: accuracy[family])
        known = champion if champion in by_family else best
        told = [self._stored_aspects(tag) for tag in tags if tag.startswith(f"{ASPECTS_MODEL}:")]
        self.lineup = Lineup(by_family, known, aspects=told[-1] if told else None)

    def _stored(self, family: str, tag: str) -> Serving:
        """A model of this machine's store, by what its metadata says."""
        saved = self._models.describe(tag)
        return Serving(
            family=cast("Family", family),
            tag=tag,
            run=str(saved.metadata.get("run", "")),
            dataset_version=int(saved.metadata.get("dataset_version", 0)),
            since=saved.created,
            accuracy=saved.metadata["origin"]["accuracy"],
            model=self._loaded(tag, family),
        )

    def _loaded(self, tag: str, family: str) -> SentimentModel:
        try:
            return checked(self._models.load(tag), family)
        except (SatispyError, OSError):
            raise
        except Exception as error:  # another version of satispy may have saved anything
            raise BrokenArtefact(
                "%(tag)s does not load: %(name)s: %(error)s",
                tag=tag,
                name=type(error).__name__,
                error=error,
            ) from error

    def version(self, family: str, version: str) -> Serving:
        """A version other than the promoted one: from this machine's store, or its S3 archive."""
        family = self.lineup.one(family).family if family == "champion" else family
        tag = f"satispy-{family}:{version}"
        for serving in self.lineup:
            if serving.tag == tag:
                return serving
        with self._lock:
            if tag in self._on_demand:
                self._on_demand.move_to_end(tag)
                return self._on_demand[tag]
            try:
                self._models.fetch(tag, self._bucket)
            except NotFound as error:
                raise NotFound(
                    "There is no %(tag)s; GET /models lists the versions.", tag=tag
                ) from error
            serving = self._stored(family, tag)
            self._on_demand[tag] = serving
            while len(self._on_demand) > KEPT_VERSIONS:
                self._on_demand.popitem(last=False)
            return serving

    def versions(self) -> list[StoredModel]:
        """Every model of this machine, the newest first; then the newest that only S3 has."""
        promoted_tags = {serving.tag for serving in self.lineup}
        found = [
            _stored(family, saved, saved.tag in promoted_tags)
            for family in get_args(Family)
            for saved in self._models.list(f"satispy-{family}")
        ]
        here = {model.tag for model in found}
        there = [
            model
            for tag in sorted(self._archives(), key=lambda tag: age(tag)[1:], reverse=True)
            if tag not in here and (model := _archived(tag)) is not None
        ]
        found.sort(key=lambda model: str(model.created), reverse=True)
        return found + there[:LISTED_VERSIONS]

    def _archives(self) -> list[str]:
        if self._pinned:  # an image that was built with its models may have no bucket at all
            return []
        try:
            return list(archives(self._bucket))
        except StorageUnreachable as error:
            logger.warning("Cannot list the models in S3: %s", error)
            return []


def _give_memory_back() -> None:
    """What the models of before held, to the system: the allocator would keep it for itself."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim:
        trim(0)


def checked(model: SentimentModel, family: str) -> SentimentModel:
    """The model, warm. Raises BrokenArtefact if it does not answer as a model should."""
    if model.family != family:
        raise BrokenArtefact(
            "a %(family)s model stands under the name of %(name)s",
            family=model.family,
            name=family,
        )
    try:
        answers = model.predict(WARM_UP)
    except Exception as error:  # a candidate may be broken in any way
        raise BrokenArtefact(
            "it fails to predict: %(name)s: %(error)s", name=type(error).__name__, error=error
        ) from error
    wrong = [p for p in answers if not (math.isfinite(p.probability) and 0 <= p.probability <= 1)]
    if wrong:
        raise BrokenArtefact(
            "it answers with a probability of %(probability)s", probability=wrong[0].probability
        )
    return model


def _archived(tag: str) -> StoredModel | None:
    name, _, version = tag.partition(":")
    family = name.removeprefix("satispy-")
    if family not in get_args(Family):  # word vectors are kept there too
        return None
    return StoredModel(family=cast("Family", family), tag=tag, version=version, promoted=False)


def _stored(family: Family, saved: Saved, is_promoted: bool) -> StoredModel:
    metadata = saved.metadata
    return StoredModel(
        family=family,
        tag=saved.tag,
        version=saved.tag.partition(":")[2],
        run=metadata.get("run"),
        dataset_version=metadata.get("dataset_version"),
        created=saved.created,
        promoted=is_promoted,
        metrics={under: metadata[under] for under in ("origin", "unseen") if under in metadata},
    )
