"""What can be done in the app, by events that a client makes up: by admins, by users too.

`OPENED` is what has to be open before an act can be tried: who may not open it never can. Acts
stand in an order in which one page can do them all.
"""

import random
from collections.abc import Awaitable, Callable

from benchmarks._app_client import RawPage, Widget

Act = Callable[[RawPage, random.Random], Awaitable[None]]

#: In a rejected row, in a file that was refused: their cells are for admins.
OF_A_ROW, OF_A_FILE = "Carton zqx ouvert", "Fiche zqx"
#: In a review: for who is signed in.
OF_A_REVIEW = "Robe zqx conforme"
#: Of a review that is open: where it came from.
OF_A_PLACE = "Venu de "
#: A file of rejected rows, as it is downloaded.
A_DOWNLOAD = ";base64,"
#: What a page says once the door has let an act of an admin's through, whatever became of it then.
PASSED = ("L’action n’a pas abouti", "La comparaison n’a pas abouti", "Le journal est intact")


def one(page: RawPage, kind: str, label: str, number: int = 0) -> Widget:
    found = [each for each in page.widgets if (each.kind, each.label) == (kind, label)]
    if len(found) <= number:
        raise LookupError(f"the page has no {kind} « {label} » number {number + 1}")
    return found[number]


def _clicks(label: str) -> Act:
    async def act(page: RawPage, _: random.Random) -> None:
        await page.click(one(page, "Button", label))

    return act


async def _uploads(page: RawPage, chance: random.Random) -> None:
    name = f"planted-{chance.randrange(10**9)}.csv"
    await page.upload(name, b"Commentaire,star\nplanted,5\n")


async def _says_columns(page: RawPage, _: random.Random) -> None:
    await page.set(one(page, "Select", "Colonne du commentaire"), "value", "Dit")
    await page.set(one(page, "Select", "Colonne de la note"), "value", "Ressenti")
    await page.click(one(page, "Button", "Fusionner avec ces colonnes"))


async def _mends(page: RawPage, chance: random.Random) -> None:
    for table in (each for each in page.widgets if each.kind == "MendTable"):
        typed = {"0": {"comment": f"planted {chance.random()}", "star": "1"}}
        await page.set(table, "typed", typed)
        await page.click(one(page, "Button", "Envoyer les lignes corrigées"))


def _acts(action: str) -> Act:
    """On the first of what is offered."""

    async def act(page: RawPage, chance: random.Random) -> None:
        await page.set(one(page, "Select", "Action"), "value", action)
        reason = one(page, "TextInput", "Pourquoi (pour le journal)")
        await page.set(reason, "value", f"planted {chance.random()}")
        await page.click(one(page, "Button", "Continuer"))
        await page.click(one(page, "Button", "Confirmer"))

    return act


async def _tries_again(page: RawPage, _: random.Random) -> None:
    await page.click(one(page, "Button", "Essayer de nouveau"))
    await page.click(one(page, "Button", "Confirmer"))


def _account(action: str, name: str) -> Act:
    async def act(page: RawPage, chance: random.Random) -> None:
        known = name or f"planted-{chance.randrange(10**9)}"
        await page.set(one(page, "Select", "Action", 1), "value", action)
        await page.set(one(page, "TextInput", "Nom"), "value", known)
        await page.set(one(page, "Select", "Rôle"), "value", "Administrateur")
        for _ in range(2):  # a removal asks twice
            await page.click(one(page, "Button", "Valider"))
            await page.answered()

    return act


async def _adds_a_review(page: RawPage, chance: random.Random) -> None:
    comment = one(page, "TextAreaInput", "Commentaire")
    await page.set(comment, "value", f"planted {chance.random()}")
    # The first is of who corrects a review.
    await page.set(one(page, "RadioButtonGroup", "", 1), "value", "1 ★")
    await page.click(one(page, "Button", "Ajouter l’avis"))


async def _predicts(page: RawPage, chance: random.Random) -> None:
    comments = one(page, "TextAreaInput", "Commentaires, un par ligne")
    await page.set(comments, "value", f"planted {chance.random()}")
    await page.click(one(page, "Button", "Prédire"))


async def _scores(page: RawPage, _: random.Random) -> None:
    widget = one(page, "FileInput", "Choisir un fichier CSV, ou le déposer ici")
    await page.drop(widget, "planted.csv", b"Commentaire\nplanted\n")


async def _searches(page: RawPage, chance: random.Random) -> None:
    for words in (f"introuvable {chance.random()}", "zqx"):  # what is shown already is not told
        await page.set(one(page, "TextInput", "Mots"), "value", words)
        await page.answered()


async def _opens_a_review(page: RawPage, _: random.Random) -> None:
    for address in ("#donnees", f"#donnees.{page.review}"):  # what is open already is not told
        await page.go(address)
        await page.answered()


def _changes(*buttons: str) -> Act:
    """The review that is open."""

    async def act(page: RawPage, chance: random.Random) -> None:
        await page.set(one(page, "TextAreaInput", "Texte"), "value", f"planted {chance.random()}")
        reason = one(page, "TextInput", "Pourquoi (pour le journal)", 1)
        await page.set(reason, "value", f"planted {chance.random()}")
        for button in buttons:
            await page.click(one(page, "Button", button))

    return act


async def _downloads(page: RawPage, _: random.Random) -> None:
    widget = next(
        each for each in page.widgets if each.kind == "FileDownload" and ": " in each.label
    )
    await page.click(widget)


#: Before anything is tried, and what is read then.
OPENED_BY_ALL = ((_opens_a_review, OF_A_PLACE),)
#: By an admin before the visit ends.
OPENED = ((_clicks("Indiquer ses colonnes"), OF_A_FILE), (_clicks("Corriger ici"), OF_A_ROW))

ADMINS: dict[str, Act] = {
    "uploads": _uploads,
    "reads a refused file": _clicks("Indiquer ses colonnes"),
    "says columns": _says_columns,
    "reads rejected rows": _clicks("Corriger ici"),
    "mends a rejected row": _mends,
    "corrects a review": _changes("Corriger"),
    "deletes a review": _changes("Supprimer cet avis", "Supprimer"),
    "retrains": _acts("Entraîner maintenant"),
    "stops": _acts("Arrêter un entraînement"),
    "tries again": _tries_again,
    "promotes": _acts("Mettre un modèle en service"),
    "rolls back": _acts("Revenir au modèle d’avant"),
    "compares": _clicks("Comparer"),
    "has seen an alert": _clicks("J’ai vu"),
    "silences": _clicks("Faire taire"),
    "speaks again": _clicks("Lever le silence"),
    "tries the channels": _clicks("Envoyer un message d’essai"),
    "checks the journal": _clicks("Vérifier le journal"),
    "adds an account": _account("Ajouter un compte", ""),
    "gives a password": _account("Donner un nouveau mot de passe", "zoe"),
    "changes a role": _account("Changer le rôle", "zoe"),
    "removes an account": _account("Retirer un compte", "zoe"),
}
USERS: dict[str, Act] = {
    "adds a review": _adds_a_review,
    "predicts": _predicts,
    "scores a file": _scores,
    "searches reviews": _searches,
    "opens a review": _opens_a_review,
    "downloads rejected rows": _downloads,
}
