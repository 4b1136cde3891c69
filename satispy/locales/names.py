"""What codes of reports, receipts and the journal are called, in the reader’s language."""

import re

from satispy.locales.messages import N_, Names, _

FAMILIES = Names(
    {
        "gbc": N_("Gradient boosting"),
        "svm": N_("Vecteurs de support"),
        "ann": N_("Réseau de neurones"),
    }
)

METRICS = Names(
    {
        "accuracy": N_("Exactitude"),
        "f1_0": N_("F1 avis négatifs"),
        "f1_1": N_("F1 avis positifs"),
    }
)

#: The same within a sentence.
METRICS_IN_TEXT = Names(
    {
        "accuracy": N_("exactitude"),
        "f1_0": N_("F1 des avis négatifs"),
        "f1_1": N_("F1 des avis positifs"),
    }
)

_KINDS = Names(
    {
        "all": N_("ensemble"),
        "negation": N_("négations"),
        "delivery": N_("livraison"),
        "product": N_("produit"),
        "service": N_("service client"),
        "refund": N_("retours et remboursements"),
        "site": N_("site et prix"),
        "typing errors": N_("fautes de frappe"),
        "emoji": N_("émojis"),
        "contrast": N_("avis en « oui, mais »"),
    }
)
_OTHER_KINDS = Names(
    {
        "accents": N_("accents oubliés"),
        "case": N_("majuscules"),
        "elision": N_("apostrophes"),
        "unknown": N_("mots inconnus"),
        "length": N_("textes très courts ou très longs"),
    }
)
_REMARKS = Names({"negative": N_("remarques négatives"), "positive": N_("remarques positives")})


def behaviour(kind: str) -> str:
    """Questions whose answers are known, as `satispy.promotion.behaviour` names them."""
    topic, _, label = kind.removesuffix(")").partition(" (")
    if topic in _KINDS and label in _REMARKS:
        return f"{_KINDS[topic]}, {_REMARKS[label]}"
    return _OTHER_KINDS.get(kind, kind)


STAGES = Names(
    {
        "turn": N_("Son tour"),
        "prepare": N_("Préparation"),
        "gbc": "GBC",
        "svm": "SVM",
        "ann": "ANN",
        "publish": N_("Publication"),
    }
)
STAGE_STATES = Names(
    {
        "waiting": N_("à venir"),
        "running": N_("en cours"),
        "done": N_("fini"),
        "failed": N_("échoué"),
        "stopped": N_("arrêté"),
    }
)

#: Rules that read no word, as reports name them.
BASELINES = Names(
    {
        "majority": N_("Toujours le plus fréquent"),
        "source": N_("La source de l’avis"),
        "company": N_("L’enseigne"),
        "length": N_("La longueur du texte"),
        "linear": N_("Modèle linéaire (mots et paires de mots)"),
    }
)

#: What test rows and shifts are told apart by, as reports name it.
PARTS = Names(
    {
        "source": N_("Source"),
        "company": N_("Enseigne"),
        "length": N_("Longueur"),
        "stars": N_("Étoiles"),
        "labels": N_("Avis positifs et négatifs"),
        "comments": N_("Commentaires"),
        "unknown words": N_("Mots inconnus"),
    }
)

#: A label, of several reviews.
LABELS_OF_REVIEWS = Names({"negative": N_("négatifs"), "positive": N_("positifs")})

#: Where a model is worse, within a sentence.
PARTS_IN_TEXT = Names({"source": N_("de la source"), "company": N_("de l’enseigne")})

#: What a column is read for.
FIELDS = Names(
    {
        "comment": N_("le commentaire"),
        "star": N_("la note"),
        "date": N_("la date"),
        "number": N_("le numéro"),
        "source": N_("la source"),
        "company": N_("l’enseigne"),
    }
)


#: What is entered in the journal, by its code.
ACTS = Names(
    {
        "upload.allowed": N_("adresse d’envoi donnée"),
        "upload.sent": N_("fichier envoyé"),
        "upload.mended": N_("lignes écartées corrigées"),
        "upload.merged": N_("fichier intégré"),
        "upload.refused": N_("fichier refusé"),
        "mapping.remembered": N_("colonnes retenues"),
        "mapping.forgotten": N_("colonnes oubliées"),
        "review.corrected": N_("avis corrigé"),
        "review.deleted": N_("avis supprimé"),
        "reviews.restored": N_("version restaurée"),
        "reviews.vacuumed": N_("anciens fichiers supprimés"),
        "retrain.asked": N_("entraînement demandé"),
        "retrain.started": N_("entraînement commencé"),
        "retrain.ended": N_("entraînement fini"),
        "retrain.stopped": N_("entraînement arrêté"),
        "retrain.failed": N_("entraînement échoué"),
        "model.promoted": N_("modèle mis en service"),
        "model.rolled_back": N_("modèle remis en service"),
        "model.default": N_("modèle par défaut changé"),
        "account.set": N_("compte créé ou changé"),
        "account.removed": N_("compte supprimé"),
        "alert.acknowledged": N_("alerte vue"),
        "alert.silenced": N_("alerte mise en silence"),
        "alert.tested": N_("message d’essai demandé"),
        "act.failed": N_("a échoué"),
    }
)
VIA = Names(
    {
        "app": N_("(application)"),
        "api": N_("(API)"),
        "cli": N_("(terminal)"),
        "pipeline": N_("(automatique)"),
    }
)

LABELS = Names({"positive": N_("Positif"), "negative": N_("Négatif"), "unknown": N_("Inconnu")})

CHANGED = Names(
    {
        "promoted": N_("Mis en service à la main"),
        "rolled_back": N_("Retour au modèle d’avant"),
    }
)


def changed(kind: str) -> str:
    """What a person changed of what serves."""
    return CHANGED[kind]


ROLES = Names({"user": N_("utilisateur"), "admin": N_("administrateur")})


def role(name: str) -> str:
    return ROLES[name]


def family(name: str) -> str:
    return FAMILIES.get(name, name.upper())


def model(tag: str) -> str:
    """`satispy-gbc:v00002-1f2e` → GBC v00002"""
    found = re.fullmatch(r"satispy-(\w+):(v[\d-]+?)(?:-[0-9a-f]+)?", tag)
    return f"{found[1].upper()} {found[2]}" if found else tag


def slice_name(name: str) -> str:
    """`gbc predictions` → Réponses de GBC"""
    if name.endswith(" predictions"):
        return _("Réponses de %(model)s", model=name.removesuffix(" predictions").upper())
    if name.endswith(" accuracy"):
        return _("Exactitude de %(model)s", model=name.removesuffix(" accuracy").upper())
    return PARTS.get(name, name)


def part_value(value: str) -> str:
    """`16-50 words` → 16-50 mots; the names of sources and shops stay."""
    if value in LABELS:
        return LABELS[value].lower()
    words = re.fullmatch(r"(\d+(?:-\d+)?) words( and more)?", value)
    if not words:
        return value
    if words[2]:
        return _("%(length)s mots et plus", length=words[1])
    return _("%(length)s mots", length=words[1])
