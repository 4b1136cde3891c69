"""Agreement, determiners and contractions: as much French as the primer needs."""

import re
from dataclasses import dataclass

#: What stands before the word that agrees: « mal cousu », « trop petites », « jamais reçue ».
_ADVERBS = frozenset((
    "mal", "trop", "bien", "jamais", "pas", "non", "très", "super", "déjà", "toujours", "vraiment",
    "si", "plus", "peu", "encore",
))  # fmt: skip
#: First words of what agrees with nothing: « à fuir », « de mauvaise qualité », « hors de prix ».
_INVARIABLE = frozenset((
    "à", "au", "aux", "en", "de", "dans", "sans", "hors", "comme", "défiant", "bas", "haut", "top",
    "nickel", "super", "cheap", "express", "impec", "mini", "bidon",
))  # fmt: skip
_LINKS = frozenset(("de", "du", "des", "d", "à", "au", "en", "qui", "dans", "avec"))
_FEMININE = {
    "beau": "belle", "doux": "douce", "faux": "fausse", "bas": "basse", "long": "longue",
    "complet": "complète", "gentil": "gentille", "nul": "nulle", "bon": "bonne", "gros": "grosse",
    "trompeur": "trompeuse",
}  # fmt: skip
_ENDINGS = (("eux", "euse"), ("if", "ive"), ("el", "elle"), ("er", "ère"), ("en", "enne"))
_PLURAL_VERBS = {
    "est": "sont", "a": "ont", "fait": "font", "va": "vont", "plaît": "plaisent",
    "tombe": "tombent", "tient": "tiennent", "taille": "taillent", "vaut": "valent",
    "correspond": "correspondent", "bouloche": "boulochent", "répond": "répondent",
    "déçoit": "déçoivent", "mérite": "méritent", "ressemble": "ressemblent", "arrive": "arrivent",
    "était": "étaient", "semble": "semblent", "reste": "restent", "manque": "manquent",
}  # fmt: skip
_VOWEL = "aeiouyâàéèêëîïôûœ"
#: Marks a determiner that came from a slot: a pronoun (« de les joindre ») does not contract.
_MARK = "~"
_CONTRACTIONS = {
    ("de", "le"): "du ", ("de", "les"): "des ", ("à", "le"): "au ", ("à", "les"): "aux ",
}  # fmt: skip
_CONTRACTED = re.compile(rf"\b(de|à) {_MARK}(les?) ")
_ELIDED = re.compile(rf"\bde (?=[{_VOWEL}])")


@dataclass(frozen=True)
class Noun:
    """« la robe », « l'écharpe f », « les rideaux m » as the lexicon writes them."""

    name: str
    feminine: bool = False
    plural: bool = False

    @classmethod
    def parse(cls, entry: str) -> "Noun":
        gender = entry[-1] if entry.endswith((" f", " m")) else ""
        entry = entry[:-2] if gender else entry
        article, _, name = entry.partition("'") if entry.startswith("l'") else entry.partition(" ")
        if article not in ("le", "la", "les", "l"):
            article, name = "", entry
        feminine = gender == "f" or (not gender and article in ("la", "les"))
        return cls(name, feminine, article == "les")

    def after(self, determiner: str) -> str:
        """With « le », « un », « mon » or « ce » in its own gender and number; bare after «  »."""
        vowel = self.name[0] in _VOWEL
        if not determiner:
            return self.name
        if self.plural:
            form = {"le": "les", "un": "des", "mon": "mes", "ce": "ces"}[determiner]
        elif self.feminine:
            form = {"le": "la", "un": "une", "mon": "ma", "ce": "cette"}[determiner]
            form = "mon" if form == "ma" and vowel else form
        else:
            form = "cet" if determiner == "ce" and vowel else determiner
        elided = form in ("le", "la") and vowel
        return f"{_MARK}l'{self.name}" if elided else f"{_MARK}{form} {self.name}"

    def agree(self, words: str) -> str:
        """An adjective, a participle with what surrounds it, or a verb of the third person."""
        if words in _PLURAL_VERBS:
            return _PLURAL_VERBS[words] if self.plural else words
        parts = words.split(" ")
        for at, word in enumerate(parts):
            if word in _INVARIABLE:
                break
            if word not in _ADVERBS or at == len(parts) - 1:
                parts[at] = self._inflected(word)
                break
        return " ".join(parts)

    def many(self) -> str:
        """« mauvaises surprises », « problèmes de livraison »."""
        words = self.name.split(" ")
        at = next((at for at, word in enumerate(words) if word in _LINKS), len(words))
        return " ".join([*map(_plural, words[:at]), *words[at:]])

    def _inflected(self, word: str) -> str:
        if self.feminine:
            word = _feminine(word)
        if self.plural:
            word = _plural(word)
        return word


def join(text: str) -> str:
    """The contractions and elisions that filling the slots left to do."""
    text = _CONTRACTED.sub(lambda match: _CONTRACTIONS[match[1], match[2]], text)
    text = text.replace(_MARK, "")
    text = _ELIDED.sub("d'", text).replace("n'sont", "ne sont")
    return " ".join(text.replace(" ,", ",").split())


def _feminine(word: str) -> str:
    if word in _FEMININE:
        return _FEMININE[word]
    for masculine, feminine in _ENDINGS:
        if word.endswith(masculine):
            return word[: -len(masculine)] + feminine
    return word if word.endswith("e") else word + "e"


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith("eau") else "s")
