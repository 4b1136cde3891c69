"""Questions with known answers: what any model of French reviews must get right to be promoted."""

from collections.abc import Iterable

from satispy.models.sentiment import SentimentModel

PRAISE = (
    "très contente de ma commande, livraison rapide",
    "produits de qualité et très bon service, je recommande",
    "parfait, merci",
    "site sérieux, tout est arrivé rapidement et bien emballé",
    "je suis très satisfaite, j'adore ce site",
    "excellent, rien à redire, à recommander",
)
BLAME = (
    "très déçue, je ne commanderai plus jamais",
    "commande jamais reçue et aucun remboursement",
    "service client injoignable, une honte",
    "arnaque, à fuir",
    "produit de mauvaise qualité, retour impossible",
    "toujours pas livré après deux mois, c'est inadmissible",
)
#: The second of each says the opposite of the first.
NEGATED = (
    ("je recommande ce site", "je ne recommande pas ce site"),
    ("je suis satisfaite de ma commande", "je ne suis pas satisfaite de ma commande"),
    ("colis reçu rapidement", "colis jamais reçu"),
    ("je commanderai encore", "je ne commanderai plus jamais"),
    ("produits de bonne qualité", "produits qui ne sont pas de bonne qualité"),
)
MISSPELT = (
    (
        "très contente de ma commande, livraison rapide",
        "tres contente de ma comande, livraison rapide",
    ),
    ("parfait, merci beaucoup", "parfai, merci beaucoup"),
    ("service client injoignable, une honte", "service cliant injoignable, une honte"),
    ("commande jamais reçue et aucun remboursement", "commande jamais recu et aucun rembousement"),
)
ACCENTS = str.maketrans("éèêàâîïùûçô", "eeeaaiiuuco")
#: Share of each kind that must be right. What the text pipeline guarantees leaves no room.
REQUIRED = {
    "plain": 0.75,
    "negation": 0.6,
    "accents": 0.75,
    "typos": 0.75,
    "case": 1.0,
    "elision": 1.0,
    "unknown": 1.0,
    "length": 1.0,
}


def examine(model: SentimentModel) -> dict[str, float]:
    """Share of right answers, by kind of question."""
    texts = [*PRAISE, *BLAME]
    wanted = ["positive"] * len(PRAISE) + ["negative"] * len(BLAME)
    plain = [each.label for each in model.predict(texts)]
    bare = [each.label for each in model.predict([text.translate(ACCENTS) for text in texts])]
    shouted = model.predict([text.upper() for text in texts])
    curled = model.predict([text.replace("'", "’") for text in texts])
    straight = model.predict(texts)
    firsts = model.predict([first for first, _ in NEGATED])
    opposites = model.predict([second for _, second in NEGATED])
    right = model.predict([first for first, _ in MISSPELT])
    wrong = model.predict([second for _, second in MISSPELT])
    nothing = model.predict(["", "   ", "!!!", "123 456", "zzxqv wqxzk"])
    lengths = model.predict([" ".join(["parfait"] * words) for words in (1, 10, 500, 20_000)])
    return {
        "plain": _share(said == so for said, so in zip(plain, wanted, strict=True)),
        "negation": _share(
            b.probability < a.probability for a, b in zip(firsts, opposites, strict=True)
        ),
        "accents": _share(a == b for a, b in zip(plain, bare, strict=True)),
        "typos": _share(a.label == b.label for a, b in zip(right, wrong, strict=True)),
        "case": _share(a == b for a, b in zip(straight, shouted, strict=True)),
        "elision": _share(a == b for a, b in zip(straight, curled, strict=True)),
        "unknown": _share(
            each.label == "unknown" and each.probability == model.base_rate for each in nothing
        ),
        "length": _share(0 <= each.probability <= 1 for each in lengths),
    }


def failed(shares: dict[str, float]) -> list[str]:
    """The kinds of which too few were right."""
    return [kind for kind, least in REQUIRED.items() if shares[kind] < least]


def _share(answers: Iterable[bool]) -> float:
    right = list(answers)
    return sum(right) / len(right)
