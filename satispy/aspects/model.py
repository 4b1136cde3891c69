"""What tells aspects, as it is versioned, promoted and served: a taxonomy and its seeds.

A file of words, not arrays: a regression over words added nothing to the seeds (decision 0064).
"""

from dataclasses import dataclass
from pathlib import Path

from satispy.aspects.seeds import Seeds
from satispy.aspects.taxonomy import Taxonomy, parse
from satispy.errors import BrokenArtefact, BrokenTaxonomy
from satispy.models import artefact

FAMILY = "aspects"
_FILE = "taxonomy"


@dataclass(frozen=True)
class AspectModel:
    taxonomy: Taxonomy
    seeds: Seeds
    digest: str = ""

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> "AspectModel":
        """Raises BrokenTaxonomy for a seed that can stand nowhere."""
        return cls(taxonomy, Seeds(taxonomy))

    def save(self, folder: Path) -> str:
        """Returns the digest: the same taxonomy gives the same digest, on any day."""
        about = {"family": FAMILY, "names": self.taxonomy.names}
        return artefact.write(folder, about, {}, {_FILE: [self.taxonomy.source]})


def load(folder: Path) -> AspectModel:
    """Raises BrokenArtefact for bytes that are not those saved."""
    saved = artefact.read(folder)
    if saved.about.get("family") != FAMILY:
        raise BrokenArtefact(
            "%(folder)s is a model of %(family)s, not of aspects",
            folder=folder,
            family=saved.about.get("family"),
        )
    try:
        taxonomy = parse(saved.lists[_FILE][0], "its taxonomy")
        return AspectModel(taxonomy, Seeds(taxonomy), saved.digest)
    except BrokenTaxonomy as error:  # saved by a satispy that read another form of file
        raise BrokenArtefact(
            "%(folder)s holds no taxonomy of this satispy: %(error)s", folder=folder, error=error
        ) from error
