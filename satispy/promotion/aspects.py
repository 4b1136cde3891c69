"""The model of aspects of one retrain: learned, examined, promoted beside the families."""

import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from satispy import primer
from satispy.aspects import training
from satispy.aspects.model import AspectModel
from satispy.aspects.reading import AspectReader, Documents
from satispy.aspects.taxonomy import Taxonomy, parse, shipped
from satispy.errors import NotFound
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.registry.store import ASPECTS, ModelStore
from satispy.reviews import ReviewSet
from satispy.runs.summaries import PrepareSummary
from satispy.storage import Store

#: A shop's own; the one that is shipped where there is none.
TAXONOMY = "models/taxonomy.toml"
#: Share of the taxonomy's examples that a model must recognise to serve.
LEAST_RECOGNISED = 0.9


def renew(
    store: Store, models: ModelStore, prepared: PrepareSummary, reviews: ReviewSet
) -> Production | None:
    """The version that serves from now on if it recognises what it must, else None.

    Whoever does it again for the same run changes nothing. Raises BrokenTaxonomy.
    """
    sentences = primer.sentences() if prepared.primer else ()
    model = training.train(taxonomy(store), sentences, reviews.comments, prepared.seed)
    recognised = share_recognised(model)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "aspects"
        digest = model.save(folder)
        about = {
            "run": prepared.run,
            "dataset_version": prepared.dataset_version,
            "recognised": recognised,
            "code_version": version("satispy"),
        }
        name = f"{prepared.run}-{digest[:8]}"
        tag = models.save(folder, ASPECTS, name, {"run": prepared.run}, about)
    production = Production(
        tag=tag,
        archive=models.archive(tag, store),
        digest=digest,
        run=prepared.run,
        dataset_version=prepared.dataset_version,
        rows=prepared.rows,
        split=prepared.split,
        since=datetime.now(UTC),
        accuracy=recognised,
    )
    if recognised < LEAST_RECOGNISED:
        return None
    pointer.let_aspects_serve(store, production)
    return production


def taxonomy(store: Store) -> Taxonomy:
    try:
        return parse(store.read(TAXONOMY).decode(errors="replace"), TAXONOMY)
    except NotFound:
        return shipped()


def share_recognised(model: AspectModel) -> float:
    """Of the examples of its taxonomy, which it has not learned from."""
    examples = [
        (each.name, text)
        for each in model.taxonomy.aspects
        for pair in each.examples
        for text in pair
    ]
    if not examples:
        return 1.0
    read = AspectReader.of(model, _no_opinion).read([text for _, text in examples])
    found = [
        name in {mention.aspect for mention in mentions}
        for (name, _), mentions in zip(examples, read, strict=True)
    ]
    return float(np.mean(found))


def _no_opinion(documents: Documents) -> tuple[np.ndarray, np.ndarray]:
    return np.full(len(documents), 0.5), np.zeros(len(documents), dtype=int)
