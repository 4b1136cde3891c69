"""How numbers, dates and the field's terms are written for the French reader."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

#: Between a number and its unit; it keeps both on one line.
NARROW_SPACE = "\u202f"

MONTHS = [
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]

FAMILIES = {
    "gbc": "Gradient boosting",
    "svm": "Vecteurs de support",
    "ann": "Réseau de neurones",
}

METRICS = {
    "accuracy": "Exactitude",
    "f1_0": "F1 avis négatifs",
    "f1_1": "F1 avis positifs",
}

#: The same within a sentence.
METRICS_IN_TEXT = {
    "accuracy": "exactitude",
    "f1_0": "F1 des avis négatifs",
    "f1_1": "F1 des avis positifs",
}

_KINDS = {
    "all": "ensemble",
    "negation": "négations",
    "delivery": "livraison",
    "product": "produit",
    "service": "service client",
    "refund": "retours et remboursements",
    "site": "site et prix",
    "typing errors": "fautes de frappe",
    "emoji": "émojis",
    "contrast": "avis en « oui, mais »",
}
#: Questions whose answers are known, as `satispy.promotion.behaviour` names them.
BEHAVIOURS = {
    f"{kind} ({label})": f"{name}, {of}"
    for kind, name in _KINDS.items()
    for label, of in (("negative", "remarques négatives"), ("positive", "remarques positives"))
} | {
    "accents": "accents oubliés",
    "case": "majuscules",
    "elision": "apostrophes",
    "unknown": "mots inconnus",
    "length": "textes très courts ou très longs",
}

STAGES = {
    "prepare": "Préparation",
    "gbc": "GBC",
    "svm": "SVM",
    "ann": "ANN",
    "publish": "Publication",
}
STAGE_STATES = {"running": "en cours", "done": "fini", "failed": "échoué"}

#: Rules that read no word, as reports name them.
BASELINES = {
    "majority": "Toujours le plus fréquent",
    "source": "La source de l’avis",
    "company": "L’enseigne",
    "length": "La longueur du texte",
    "linear": "Modèle linéaire (mots et paires de mots)",
}

#: What test rows and shifts are told apart by, as reports name it.
PARTS = {
    "source": "Source",
    "company": "Enseigne",
    "length": "Longueur",
    "stars": "Étoiles",
    "labels": "Avis positifs et négatifs",
    "comments": "Commentaires",
    "unknown words": "Mots inconnus",
}

#: A label, of several reviews.
LABELS_OF_REVIEWS = {"negative": "négatifs", "positive": "positifs"}

#: Where a model is worse, within a sentence.
PARTS_IN_TEXT = {"source": "de la source", "company": "de l’enseigne"}

#: What a column is read for.
FIELDS = {
    "comment": "le commentaire",
    "star": "la note",
    "date": "la date",
    "number": "le numéro",
    "source": "la source",
    "company": "l’enseigne",
}

#: How a file was read, by the codes of `satispy.reviews.notes`; the figures go in braces.
NOTES = {
    "dates_said": "dates lues {ordre}, comme demandé",
    "dates_export": "dates lues {ordre}, comme {export} les écrit",
    "dates_column": "dates lues {ordre} : {day} n’ont de sens que jour d’abord, {month} que mois"
    " d’abord, {either} se lisent des deux façons",
    "dates_either": "dates lues {ordre} : toutes se lisent des deux façons ({either})",
    "dates_mixed": "dates écrites des deux façons ({day} jour d’abord, {month} mois d’abord) : les"
    " {either} qui se lisent des deux façons sont écartées",
    "encoding_guessed": "lettres accentuées lues en {codec} (sûr à {percent} %)",
    "encoding_unknown": "lignes dans un codage inconnu : {lines}",
    "encoded_twice": "lignes codées deux fois (« dÃ©Ã§u »), réparées : {lines}",
    "header_again": "l’en-tête revient, d’abord ligne {line} : ce n’est pas un avis",
    "header_below": "l’en-tête est à la ligne {line} ; ce qui le précède est passé",
    "mapping_remembered": "colonnes confirmées auparavant pour cet en-tête",
    "numbers_rounded": "numéros arrondis par un tableur, qui n’identifient aucun avis : {count}",
    "quotes_literal": "les guillemets sont du texte dans ce fichier",
    "backslashes_escape": "la barre oblique inverse protège le signe qui la suit",
    "surplus_cut": "cellules vides coupées au bout de chaque ligne : {cells}",
    "without_words": "notes sans texte : {count}, rien à corriger",
}

#: Which number of a date is the day, within a sentence.
ORDERS = {
    "day first": "jour d’abord",
    "month first": "mois d’abord",
    "mixed": "des deux façons",
}


def noted(code: str, message: str, facts: Mapping[str, Any]) -> str:
    """A note of a receipt; in English where its code is newer than this page."""
    if code not in NOTES:
        return message
    return NOTES[code].format(**facts, ordre=ORDERS.get(str(facts.get("order")), ""))


#: What is entered in the journal, by its code.
ACTS = {
    "upload.allowed": "adresse d’envoi donnée",
    "upload.merged": "fichier intégré",
    "upload.refused": "fichier refusé",
    "mapping.remembered": "colonnes retenues",
    "mapping.forgotten": "colonnes oubliées",
    "reviews.restored": "version restaurée",
    "reviews.vacuumed": "anciens fichiers supprimés",
    "retrain.asked": "entraînement demandé",
    "retrain.started": "entraînement commencé",
    "retrain.ended": "entraînement fini",
    "retrain.failed": "entraînement échoué",
    "model.promoted": "modèle mis en service",
    "model.rolled_back": "modèle remis en service",
    "model.default": "modèle par défaut changé",
    "account.set": "compte créé ou changé",
    "account.removed": "compte supprimé",
    "alert.acknowledged": "alerte vue",
    "alert.silenced": "alerte mise en silence",
    "alert.tested": "message d’essai demandé",
    "act.failed": "a échoué",
}
VIA = {
    "app": "(application)",
    "api": "(API)",
    "cli": "(terminal)",
    "pipeline": "(automatique)",
}

LABELS = {"positive": "Positif", "negative": "Négatif", "unknown": "Inconnu"}


ROLES = {"user": "utilisateur", "admin": "administrateur"}


def role(name: str) -> str:
    return ROLES[name]


def pause(seconds: int) -> str:
    """95 → 95 secondes, 600 → 10 minutes; never less than it is."""
    if seconds < 120:
        return plural(seconds, "seconde")
    return plural(-(-seconds // 60), "minute")


def percent(share: float, digits: int = 1) -> str:
    """0.8984 → 89,8 %"""
    return f"{share * 100:.{digits}f}{NARROW_SPACE}%".replace(".", ",")


def points(change: float) -> str:
    """A difference of two shares, signed, in percentage points: 0.0042 → +0,4 pt"""
    rounded = round(change * 100, 1) + 0.0  # no "-0.0"
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return f"{sign}{abs(rounded):.1f}{NARROW_SPACE}pt".replace(".", ",")


def decimal(value: float, digits: int = 3) -> str:
    """0.8984 → 0,898"""
    return f"{value:.{digits}f}".replace(".", ",")


def count(number: int) -> str:
    """15703 → 15 703"""
    return f"{number:,}".replace(",", NARROW_SPACE)


def plural(number: int, singular: str, plural: str | None = None) -> str:
    """French keeps the singular for 0 and 1: 0 avis, 1 ligne, 2 lignes."""
    word = singular if abs(number) < 2 else (plural or f"{singular}s")
    return f"{count(number)} {word}"


def duration(seconds: float) -> str:
    """7.42 → 7,4 s; 75 → 1 min 15 s"""
    if seconds < 59.95:
        return f"{decimal(seconds, 1)}{NARROW_SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{NARROW_SPACE}min {rest:02d}{NARROW_SPACE}s"


def moment(when: datetime) -> str:
    """In the server's time zone: 23 nov. 2026, 14:05"""
    local = when.astimezone()
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def day(when: date) -> str:
    """23 nov. 2026"""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def month(when: date) -> str:
    """nov. 2026"""
    return f"{MONTHS[when.month - 1]} {when.year}"


def family(name: str) -> str:
    return FAMILIES.get(name, name.upper())


def slice_name(name: str) -> str:
    """`gbc predictions` → Réponses de GBC"""
    for ending, what in (" predictions", "Réponses"), (" accuracy", "Exactitude"):
        if name.endswith(ending):
            return f"{what} de {name.removesuffix(ending).upper()}"
    return PARTS.get(name, name)


def part_value(value: str) -> str:
    """`16-50 words` → 16-50 mots; the names of sources and shops stay."""
    if value in LABELS:
        return LABELS[value].lower()
    if re.fullmatch(r"\d+(-\d+)? words( and more)?", value):
        return value.replace("words", "mots").replace("and more", "et plus")
    return value
