"""The model of aspects, renewed when its taxonomy changes, and promoted beside the families."""

import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from satispy.aspects.model import AspectModel
from satispy.aspects.taxonomy import Taxonomy, parse, shipped
from satispy.errors import BrokenTaxonomy, NotFound
from satispy.language.clauses import clause_tokens
from satispy.registry import pointer
from satispy.registry.pointer import Production
from satispy.registry.store import ASPECTS_MODEL, ModelStore
from satispy.runs.summaries import PrepareSummary
from satispy.storage import Store

#: A shop's own; the one that is shipped where there is none.
TAXONOMY = "models/taxonomy.toml"


def renew(store: Store, models: ModelStore, prepared: PrepareSummary) -> None:
    """Let a new version serve if the taxonomy is not the one that does.

    Whoever does it again changes nothing. Raises BrokenTaxonomy, and what serves goes on.
    """
    model = examined(taxonomy(store))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "aspects"
        digest = model.save(folder)
        serving = pointer.read(store).aspects
        if serving is not None and serving.digest == digest:
            return
        about = {
            "run": prepared.run,
            "dataset_version": prepared.dataset_version,
            "digest": digest,
            "names": model.taxonomy.names,
            "code_version": version("satispy"),
        }
        name = f"{prepared.run}-{digest[:8]}"
        tag = models.save(folder, ASPECTS_MODEL, name, {"run": prepared.run}, about)
    production = Production(
        tag=tag,
        archive=models.archive(tag, store),
        digest=digest,
        run=prepared.run,
        dataset_version=prepared.dataset_version,
        since=datetime.now(UTC),
        accuracy=1.0,  # every example is recognised
    )
    pointer.let_aspects_serve(store, production)


def taxonomy(store: Store) -> Taxonomy:
    """Raises BrokenTaxonomy."""
    try:
        return parse(store.read(TAXONOMY).decode(errors="replace"), TAXONOMY)
    except NotFound:
        return shipped()


def examined(taxonomy: Taxonomy) -> AspectModel:
    """Raises BrokenTaxonomy if it does not recognise an example of its own."""
    model = AspectModel.of(taxonomy)
    for number, aspect in enumerate(taxonomy.aspects):
        for example in (text for pair in aspect.examples for text in pair):
            if not any(number in model.seeds.sides(each) for each in clause_tokens(example)):
                raise BrokenTaxonomy(
                    "no seed of %(name)s recognises its example %(example)r: add one to its "
                    "topics, complaints or praises",
                    name=aspect.name,
                    example=example,
                )
    return model
