"""The words of the demo reviews: French phrases by polarity, written for satispy.

A clause is a template whose `{slots}` are drawn from SLOTS; nothing here comes from a real review.
"""

SLOTS: dict[str, tuple[str, ...]] = {
    "article": (
        "la robe", "le manteau", "la veste", "le pull", "le pantalon", "la jupe", "le sac",
        "la paire de bottes", "le chemisier", "l'écharpe", "le blouson", "la lampe", "le tapis",
        "la parure de lit", "la montre", "le collier", "la poêle", "le mixeur", "les baskets",
        "les sandales", "le t-shirt", "le jean", "la ceinture", "le coffret", "le parfum",
    ),
    "moi": ("moi", "ma fille", "mon fils", "ma mère", "mon mari", "ma femme", "une amie",
    "ma sœur"),
    "delai": (
        "deux jours", "trois jours", "quarante-huit heures", "moins d'une semaine", "quatre jours",
    ),
    "attente": (
        "trois semaines", "un mois", "six semaines", "deux mois", "plus de vingt jours",
        "un mois et demi", "cinq semaines",
    ),
    "tres": ("très", "vraiment", "franchement", "tout à fait", "plutôt", "super", "hyper", ""),
    "trop": ("trop", "bien trop", "beaucoup trop", "vraiment trop"),
    "defaut": (
        "une couture ouverte", "une tache", "un bouton en moins", "une rayure", "un trou",
        "une fermeture cassée", "un fil tiré", "une anse décollée", "un accroc",
    ),
    "montant": ("douze euros", "vingt euros", "trente-cinq euros", "8 €", "15 €", "49 €",
    "27,50 €"),
    "fois": ("deux fois", "trois fois", "quatre fois", "plusieurs fois", "dix fois"),
    "taille": ("la taille", "la pointure", "la coupe", "la longueur"),
}  # fmt: skip

#: What a satisfied customer writes, by aspect.
POSITIVE: tuple[str, ...] = (
    # delivery
    "colis arrivé en {delai}", "j'ai tout eu en {delai}", "expédition {tres} rapide",
    "le transporteur a prévenu avant de passer", "suivi du colis clair du début à la fin",
    "livraison au point relais sans attendre", "reçu avant la date annoncée",
    "commande préparée avec soin", "le carton était bien fermé et tout était là",
    "{article} bien emballé et livré {tres} rapidement",
    # article
    "{article} est {tres} agréable à porter", "{article} correspond à la photo du catalogue",
    "matière {tres} douce au toucher", "{article} tombe bien sur {moi}",
    "{article} fait son effet, {moi} l'adore", "{taille} est la bonne du premier coup",
    "les finitions sont {tres} propres", "couleurs fidèles et tissu qui tient au lavage",
    "solide et {tres} bien fini", "{article} plaît beaucoup à {moi}",
    "belle surprise en ouvrant le paquet", "conforme à ce que j'avais choisi",
    "{article} de bonne qualité", "produit de qualité",
    # price and site
    "prix {tres} intéressant pour cette marque", "de belles remises toute l'année",
    "le site se parcourt facilement", "paiement simple et rapide", "choix varié pour {moi}",
    "rapport qualité prix {tres} bon", "j'ai économisé {montant} par rapport à la boutique",
    # service
    "le conseiller a réglé ma question en cinq minutes", "remboursement reçu en {delai}",
    "service client aimable et efficace", "retour accepté sans difficulté",
    "une réponse claire le jour même", "échange fait en {delai}",
    # loyalty
    "je reviendrai commander ici", "je conseille cette boutique à mes proches",
    "cliente depuis des années et toujours contente",
    "c'est ma troisième commande et tout va bien", "boutique sérieuse, on peut y aller",
    "{tres} satisfaite de mon achat", "je commanderai encore pour {moi}",
    # negated negatives
    "je ne suis pas déçue de mon choix", "aucun souci à signaler", "rien à reprocher au vendeur",
    "jamais eu de mauvaise surprise chez eux", "pas le moindre retard",
    "je ne regrette pas cet achat",
    "aucun défaut sur {article}", "pas une seule erreur dans le colis",
)  # fmt: skip

#: What an unhappy customer writes.
NEGATIVE: tuple[str, ...] = (
    # delivery
    "toujours pas de colis après {attente}", "{attente} pour recevoir {article}",
    "le suivi n'a pas bougé depuis {attente}", "colis déclaré livré alors que je n'ai rien eu",
    "le livreur a jeté le carton devant le portail", "carton écrasé et ruban arraché",
    "il manque {article} dans le colis", "commande annulée sans explication après {attente}",
    "la date de livraison a été repoussée {fois}",
    "point relais à trente kilomètres de chez {moi}",
    "{article} commandé il y a {attente} et jamais reçu", "je n'ai jamais reçu {article}",
    "livré avec {attente} de retard", "livraison encore en retard",
    "un retard de {attente} et aucune excuse", "colis en retard de {delai}",
    "prévenue du retard au dernier moment",
    "il manquait {article} à l'arrivée",
    # article
    "il y avait {defaut} sur {article}", "{defaut} dès la première semaine",
    "la couleur n'a rien à voir avec la photo", "{article} a rétréci au premier lavage",
    "tissu {trop} fin, on voit à travers", "{article} ne ressemble pas au catalogue",
    "{taille} ne correspond pas au guide", "matière qui gratte et qui bouloche",
    "odeur forte de plastique en ouvrant le paquet", "on m'a envoyé un autre modèle",
    "cassé au bout de {delai}", "{article} fait bas de gamme",
    "{article} de mauvaise qualité", "la qualité est {trop} mauvaise pour le prix",
    # price and site
    "frais de port {trop} chers", "la remise affichée n'a pas été appliquée",
    "débitée {fois} pour la même commande", "le site plante au moment de payer",
    "on paie le retour de sa poche, {montant} quand même", "le prix barré est gonflé",
    # service
    "le service client ne répond pas", "j'ai appelé {fois} pour rien",
    "toujours pas remboursée après {attente}", "on me promet un geste qui ne vient jamais",
    "réponses toutes faites et aucune solution", "retour refusé sous un faux prétexte",
    "personne ne veut prendre en charge ma réclamation",
    "impossible d'avoir quelqu'un au téléphone", "vendeur injoignable depuis {attente}",
    "aucun remboursement malgré mes messages", "impossible de renvoyer {article}",
    "service après-vente injoignable", "ni colis ni remboursement après {attente}",
    "retour {trop} compliqué", "remboursement impossible sans payer {montant}",
    # loyalty
    "je ne commanderai plus ici", "à éviter", "dernière fois que j'achète chez eux",
    "plus jamais chez eux", "boutique à fuir", "c'est une arnaque", "{tres} déçue de mon achat",
    "une honte de vendre {article} dans cet état", "déçue, plus jamais de commande ici",
    "je déconseille cette boutique à tout le monde", "on se moque des clients",
    # negated positives
    "pas du tout satisfaite, j'ai rendu {article}", "ce n'est pas sérieux",
    "aucun respect pour la clientèle",
    "je ne recommande pas", "jamais content du résultat", "rien ne s'est passé comme prévu",
    "pas à la hauteur de la marque",
)  # fmt: skip

#: Said by happy and unhappy customers alike.
NEUTRAL: tuple[str, ...] = (
    "j'ai commandé {article} pour {moi}", "achat fait pendant la vente privée",
    "c'était un cadeau pour {moi}", "première commande sur ce site", "livré par la poste",
    "commande passée un dimanche soir", "j'avais hésité sur {taille}", "c'est pour cet été",
    "j'ai pris {article} en bleu", "je compare souvent avec d'autres sites",
    "payé {montant} avec les frais de port", "le colis est venu en deux fois",
    "{article} était en promotion", "je laisse cet avis pour aider les autres",
)  # fmt: skip

#: Mixed feelings: the usual tone of three stars.
MIXED: tuple[str, ...] = (
    "{article} est bien mais {taille} est un peu juste", "délai un peu long",
    "correct sans plus", "bonne idée mais emballage léger", "moyen pour le prix",
    "ça dépanne", "la photo avantage un peu {article}", "qualité inégale selon les commandes",
    "livraison lente mais article correct", "un peu cher pour ce que c'est",
)  # fmt: skip

#: Whole reviews of an incident: a carrier loses parcels.
LOST_PARCELS: tuple[str, ...] = (
    "colis perdu par le transporteur, plus aucune nouvelle depuis {attente}",
    "{article} jamais reçu, le colis a disparu chez le transporteur",
    "le transporteur a perdu mon colis et personne ne le retrouve",
    "colis égaré depuis {attente}, le suivi ne bouge plus",
    "toujours rien reçu, le colis serait perdu à l'entrepôt du transporteur",
    "déclaré perdu par le transporteur après {attente}, {article} n'arrivera jamais",
    "encore un colis perdu, c'est le transporteur qui ne livre plus personne",
)  # fmt: skip

#: Irony: glad words, angry customer.
IRONIC: tuple[str, ...] = (
    "bravo, {attente} pour un colis vide", "merci pour {defaut}, c'est offert sans doute",
    "génial, {article} pour poupée", "félicitations au livreur qui escalade les haies",
    "super service, {attente} de musique au téléphone", "quel talent pour perdre un colis",
    "parfait pour qui aime attendre", "formidable, encore annulée",
)  # fmt: skip

#: Whole reviews of a few words: many customers write the same.
SHORT_POSITIVE: tuple[str, ...] = (
    "parfait", "très bien", "super", "rien à dire", "au top", "très contente", "r.a.s", "ras",
    "rapide et efficace", "nickel", "je recommande", "excellent", "impeccable", "bien", "merci",
    "très satisfaite", "conforme", "tout est ok", "livraison rapide", "génial !", "bravo",
    "aucun problème", "top 👍", "très bon site", "comme d'habitude, parfait", "satisfait",
)  # fmt: skip
SHORT_NEGATIVE: tuple[str, ...] = (
    "nul", "à fuir", "déçue", "très déçu", "arnaque", "jamais reçu", "honteux", "décevant",
    "service nul", "mauvaise qualité", "pas sérieux", "ras le bol", "lamentable", "à éviter !!!",
    "catastrophe 😡", "pas content", "inadmissible", "trop long", "colis jamais reçu",
    "commande jamais reçue", "jamais livrée", "article jamais arrivé",
    "encore en retard", "retard sur retard",
)  # fmt: skip

OPENERS: tuple[str, ...] = (
    "bonjour,",
    "alors",
    "bon,",
    "franchement",
    "pour ma part",
    "avis après achat :",
)
LINKS: tuple[str, ...] = (", ", ", ", " et ", ". ", ". ", " ; ", " ! ", ", en plus ", ". de plus ")
CLOSERS_POSITIVE: tuple[str, ...] = (
    "merci",
    "merci à l'équipe",
    "bonne continuation",
    "à bientôt",
    "😊",
    "!!",
)
CLOSERS_NEGATIVE: tuple[str, ...] = (
    "quelle honte",
    "c'est fini pour moi",
    "affligeant",
    "😡",
    "!!!",
    "???",
)
