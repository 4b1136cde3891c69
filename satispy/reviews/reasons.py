"""Why rows are rejected, in French as in English, and what would be accepted instead."""

from dataclasses import dataclass
from typing import Any, Final

from satispy.reviews.dates import FORMS as DATES
from satispy.reviews.stars import FORMS as STARS

#: By code: the reason in French. The English one comes with the fault itself.
FRENCH: Final = {
    "comment_empty": "commentaire vide",
    "comment_too_long": "commentaire trop long",
    "comment_not_text": "commentaire illisible (octets qui ne sont pas du texte)",
    "star_missing": "note absente",
    "star_invalid": "note qui n’est pas un nombre entier d’étoiles, ni écrite comme telle",
    "star_half": "demi-étoile : seules les étoiles entières sont lues",
    "star_scale": "note sur une autre échelle que 5",
    "star_out_of_range": "note hors de 1 à 5",
    "date_invalid": "date qui n’existe pas ou mal écrite",
    "date_ambiguous": "date qui se lit de deux façons, dans une colonne écrite des deux",
    "date_in_future": "date dans le futur",
    "not_text": "colonne illisible (octets qui ne sont pas du texte)",
    "row_too_long": "ligne trop longue, ou guillemet qui n’est jamais refermé",
    "row_malformed": "ligne mal formée pour un CSV",
    "row_cell_too_many": "une cellule de trop : le texte contient le séparateur sans guillemets",
    "row_ambiguous": "chaque ligne de cette cellule pourrait être un avis : guillemet oublié ?",
    "row_not_text": "ligne illisible (octets qui ne sont pas du texte)",
    "row_shifted": "cellules décalées : les colonnes satispy_ ne sont plus à leur place",
}


def in_language(code: str, message: str, language: str) -> str:
    """Why a row is rejected; message: the same in English, which comes with each fault."""
    return FRENCH.get(code, message) if language == "fr" else message


#: Longest beginning of a cell that is shown.
_SHOWN: Final = 60


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row; `cell` is where it was found."""

    code: str
    message: str
    cell: str = ""

    @classmethod
    def of(cls, error: Any) -> "Fault":
        """One of pydantic's."""
        return cls(error["type"], error["msg"], str(error["input"]))

    @property
    def example(self) -> str:
        """The beginning of the cell, on one line."""
        text = " ".join(self.cell.split())
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

    @property
    def accepted(self) -> str:
        kind, _, _ = self.code.partition("_")
        return {"star": STARS, "date": DATES}.get(kind, "")

    def in_both_languages(self) -> str:
        """For a cell of the quarantine: without separators, which a careless editor might split."""
        parts = [self.message, *([FRENCH[self.code]] if self.code in FRENCH else ())]
        accepted = f" ({self.accepted})" if self.accepted else ""
        return (" / ".join(parts) + accepted).replace(", ", " · ").replace(";", ":")
