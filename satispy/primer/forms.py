"""The forms a remark takes, from a bare word to a contrast. Each draws one remark a call."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from satispy.plain_text import unaccented
from satispy.primer.french import Noun, join
from satispy.primer.lexicon import Aspect, slots, spelling, tone

#: Bad adjectives that praise when they are denied (« pas du tout fragile »); others only soften.
_DENIABLE = frozenset((
    "lent", "décevant", "compliqué", "fragile", "désagréable", "moche", "transparent", "rêche",
    "faux", "trompeur", "payant", "cher", "abusif", "gonflé", "écrasé", "sale", "abîmé", "cassé",
    "injoignable", "bloqué", "louche", "pénible", "malhonnête", "buggé", "incomplet", "perdu",
    "troué", "laid", "agressif", "malpoli", "douteux", "frauduleux", "mauvais", "nul",
    "interminable",
))  # fmt: skip
_T = TypeVar("_T")
_SLOT = re.compile(r"\{(?:(\w*):)?(\w+)\}|<([^>]+)>|\[([^\]]+)\]")
_SHE, _HE = Noun("cliente", feminine=True), Noun("client")


class Speaker:
    """Fills templates; holds the draw, so that the same seed says the same."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - sentences, not a secret
        self._decks: dict[tuple[Any, ...], list[Any]] = {}

    def pick(self, choices: Sequence[_T]) -> _T:
        """Without putting back, so that each is said before one is said twice."""
        key = tuple(choices)
        if not (deck := self._decks.get(key)):
            deck = self._decks[key] = self.draw.sample(key, len(key))
        chosen: _T = deck.pop()
        return chosen

    def fill(self, template: str) -> str:
        """Words for `{vite}`, a noun for `{le:article}`; `<joli>` agrees with it.

        `[déçu]` agrees with who speaks.
        """
        nouns, plain = slots()
        about, who = _HE, self.draw.choice((_SHE, _SHE, _HE))

        def filled(match: re.Match[str]) -> str:
            nonlocal about
            determiner, name, agreeing, speaking = match.groups()
            if agreeing:
                return about.agree(agreeing)
            if speaking:
                return who.agree(speaking)
            if name in nouns:
                about = self.pick(nouns[name])
                if determiner == "le" and name == "article":
                    determiner = self.pick(("le", "le", "mon", "ce"))
                return about.after(determiner or "")
            return self.pick(plain[name])

        return join(_SLOT.sub(filled, template))

    # --- forms: (aspect, label) → a remark, or "" where this aspect has none ---

    def word(self, aspect: Aspect, label: int) -> str:
        return self.pick(_polar("words", label)) if aspect.name == "general" else ""

    def verdict(self, aspect: Aspect, label: int) -> str:
        """One word or two in a frame that says nothing: each word is known from several texts."""
        if aspect.name != "general":
            return ""
        words = _polar("words", label)
        return self.pick(_VERDICTS).format(self.pick(words), self.pick(words))

    def noun_phrase(self, aspect: Aspect, label: int) -> str:
        noun = self.pick(aspect.subjects)
        adjective = noun.agree(self.pick(aspect.adjectives.of(label)))
        shape = self.draw.random()
        if shape < 0.6:
            return join(f"{noun.after('')} {adjective}")
        if shape < 0.85:
            return join(f"{noun.after('le')} {noun.agree('est')} {adjective}")
        return join(
            f"{noun.after('')} {adjective} et {noun.agree(self.pick(aspect.adjectives.of(label)))}"
        )

    def clause(self, aspect: Aspect, label: int) -> str:
        return self.fill(self.pick(aspect.clauses.of(label)))

    def combination(self, aspect: Aspect, label: int) -> str:
        """« colis arrivé avec un mois de retard », « vraiment déçue du rendu »."""
        said = aspect.combined.of(label)
        return self.fill(self.pick(said)) if said else ""

    def intensified(self, aspect: Aspect, label: int) -> str:
        noun = self.pick(aspect.subjects)
        adjective = self.pick([a for a in aspect.adjectives.of(label) if _gradable(a)])
        very = self.pick(tone()["intensifiers"]["any"])
        phrase = f"{very} {noun.agree(adjective)}"
        shape = self.draw.random()
        if shape < 0.4:
            return join(f"{noun.after('')} {phrase}")
        if shape < 0.7:
            return join(f"{noun.after('le')} {noun.agree('est')} {phrase}")
        return join(phrase)

    def denied_adjective(self, aspect: Aspect, label: int) -> str:
        """« pas fiable », « n'est pas du tout soignée »; denied blame is praise."""
        noun = self.pick(aspect.subjects)
        denied = [a for a in aspect.adjectives.of(1 - label) if _gradable(a)]
        if label:
            denied = [a for a in denied if a in _DENIABLE]
        if not denied:
            return ""
        adjective = noun.agree(self.pick(denied))
        much = self.pick(_DENIED_BLAME if label else _DENIED_PRAISE)
        no = self.pick(("pas", "pas", "jamais")) if not much else "pas"
        is_ = noun.agree("est")
        shape = self.draw.random()
        if shape < 0.5:
            return join(f"{noun.after('le')} n'{is_} {no} {much}{adjective}")
        if shape < 0.8 or label:
            return join(f"{noun.after('')} {no} {much}{adjective}")
        return join(f"{noun.after('le')} {is_} {self.pick(_BARELY)} {adjective}")

    def denied_noun(self, aspect: Aspect, label: int) -> str:
        """« aucun retard » praises, « encore un retard » and « aucune réponse » blame."""
        if label or self.draw.random() < 0.6:
            noun = self.pick(aspect.troubles)
        else:
            noun = self.pick(aspect.wants)
            return join(self._none_of(noun, self.pick(_LACKS)))
        return join(self._none_of(noun, self.pick(_RELIEFS if label else _BURDENS)))

    def denied_verb(self, aspect: Aspect, label: int) -> str:
        """« je ne recommande vraiment pas », « pas du tout contente »; « pas déçue » praises."""
        if aspect.name != "general":
            return ""
        said = tone()["denied_good" if label else "denied_bad"]
        shape = self.draw.random()
        if shape < 0.5:
            text = self.pick(said["verbs"]).replace("{no}", self.pick(said["no"]))
        else:
            who, am = self.pick(_SPEAKERS)
            feeling = who.agree(self.pick(said["feelings"]))
            text = f"{self.pick(_NOT if label else _NOT + _HARDLY)} {feeling}"
            text = f"{am} {text}" if shape < 0.75 else text + self.pick(said["of"])
        if self.draw.random() < 0.25:  # as it is spoken
            text = re.sub(r"\bne |\bn'", "", text, count=1)
            text = re.sub(r"\b([jc])e (?=[aeé])", r"\1'", text)
        return join(text)

    def _none_of(self, noun: Noun, template: str) -> str:
        return template.format(
            noun=noun.name,
            nouns=noun.many(),
            none="aucune" if noun.feminine else "aucun",
            one="une" if noun.feminine else "un",
            the="la" if noun.feminine else "le",
            e="e" if noun.feminine else "",
            se="se" if noun.feminine else "",
        )

    def idiom(self, aspect: Aspect, label: int) -> str:
        return self.fill(self.pick(_polar("idioms", label))) if aspect.name == "general" else ""

    def irony(self, aspect: Aspect, label: int) -> str:
        """Glad words of the angry, beside the same words in earnest."""
        if aspect.name not in ("general", "service", "delivery"):
            return ""
        said = tone()["earnest" if label else "irony"]
        if self.draw.random() < 0.5:
            return self.fill(self.pick(said["whole"]))
        return self.fill(f"{self.pick(said['openers'])} {self.pick(said['events'])}")

    def contrast(self, aspect: Aspect, label: int) -> str:
        """The second half decides: it is the stronger."""
        said = tone()["contrast"]
        weak, strong = ("mild_bad", "strong_good") if label else ("mild_good", "strong_bad")
        second = self.pick(said[strong]) if self.draw.random() < 0.5 else self.clause(aspect, label)
        return self.fill(self.pick(said[weak]) + self.pick(said["links"]) + second)

    def enumeration(self, aspect: Aspect, label: int) -> str:
        first, second = self._plain(aspect, label), self._plain(aspect, label)
        return first + self.pick((", ", " et ", ", ", ". ", " ")) + second

    def dressed(self, aspect: Aspect, label: int) -> str:
        """With an opener or a closer of the same feeling, or of none."""
        feeling, said = tone()["feeling"], self._plain(aspect, label)
        shape = self.draw.random()
        side = "good" if label else "bad"
        if shape < 0.25:
            return f"{self.pick(feeling[side + '_openers'])} {said}"
        if shape < 0.55:
            return f"{self.pick(feeling['neutral_openers'])} {said}"
        return f"{said}{self.pick(feeling[side + '_closers'])}"

    def emoji(self, aspect: Aspect, label: int) -> str:
        emoji = self.pick(tone()["feeling"]["good_emoji" if label else "bad_emoji"])
        return f"{self._plain(aspect, label)} {emoji}" if self.draw.random() < 0.9 else emoji

    def bare_accents(self, aspect: Aspect, label: int) -> str:
        said = self._plain(aspect, label)
        bare = unaccented(said)
        return bare if bare != said else ""

    def typo(self, aspect: Aspect, label: int) -> str:
        words = self._plain(aspect, label).split(" ")
        known = [at for at, word in enumerate(words) if word in spelling()["typos"]]
        if known and self.draw.random() < 0.8:
            at = self.draw.choice(known)
            words[at] = self.pick(spelling()["typos"][words[at]])
            return " ".join(words)
        long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
        if not long:
            return ""
        at = self.draw.choice(long)
        words[at] = self._slip(words[at])
        return " ".join(words)

    def jargon(self, aspect: Aspect, label: int) -> str:
        said = self._plain(aspect, label)
        found = [plain for plain in spelling()["jargon"] if re.search(rf"\b{plain}\b", said)]
        if not found:
            return ""
        plain = self.pick(found)
        return re.sub(rf"\b{plain}\b", self.pick(spelling()["jargon"][plain]), said)

    def _plain(self, aspect: Aspect, label: int) -> str:
        """A remark of one of the simple forms."""
        forms = (self.clause, self.clause, self.clause, self.noun_phrase, self.denied_adjective,
                 self.denied_noun, self.intensified, self.idiom, self.word)  # fmt: skip
        while not (said := self.draw.choice(forms)(aspect, label)):
            pass
        return said

    def _slip(self, word: str) -> str:
        """A letter lost, doubled or changed places with the next."""
        at = self.draw.randrange(1, len(word) - 1)
        kind = self.draw.random()
        if kind < 0.4:
            return word[:at] + word[at + 1 :]
        if kind < 0.7:
            return word[:at] + word[at] + word[at:]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


#: Kind of sentence → how it is drawn.
FORMS: dict[str, Callable[[Speaker, Aspect, int], str]] = {
    "word": Speaker.word,
    "verdict": Speaker.verdict,
    "clause": Speaker.clause,
    "combination": Speaker.combination,
    "noun phrase": Speaker.noun_phrase,
    "intensifier": Speaker.intensified,
    "denied adjective": Speaker.denied_adjective,
    "denied noun": Speaker.denied_noun,
    "denied verb": Speaker.denied_verb,
    "idiom": Speaker.idiom,
    "irony": Speaker.irony,
    "contrast": Speaker.contrast,
    "enumeration": Speaker.enumeration,
    "dressed": Speaker.dressed,
    "emoji": Speaker.emoji,
    "bare accents": Speaker.bare_accents,
    "typo": Speaker.typo,
    "jargon": Speaker.jargon,
}

_VERDICTS = (
    "{} !", "{}, vraiment", "franchement {}", "en un mot : {}", "{} et {}", "{}, {}", "c'est {}",
    "mon avis : {}", "vraiment {}", "tout simplement {}", "{} et {}", "{}, {}", "{} !!",
    "{}, rien d'autre", "site {}", "bref, {}", "au final {}", "quel mot ? {}",
)  # fmt: skip
_SPEAKERS = (
    (_SHE, "je ne suis"), (_HE, "je ne suis"), (_SHE, "je ne suis"),
    (Noun("clients", plural=True), "nous ne sommes"), (_HE, "on n'est"),
)  # fmt: skip
_NOT = (
    "pas", "pas", "pas du tout", "vraiment pas", "absolument pas", "franchement pas",
    "toujours pas", "jamais", "pas du tout",
)  # fmt: skip
_HARDLY = ("pas très", "pas vraiment", "pas trop", "pas si")
_DENIED_BLAME = ("", "", "du tout ", "vraiment ", "")
_DENIED_PRAISE = ("", "", "du tout ", "vraiment ", "très ", "si ", "assez ")
_BARELY = ("peu", "tout sauf", "loin d'être", "à peine")
_RELIEFS = (
    "{none} {noun}", "{none} {noun}", "pas de {noun}", "pas {one} seul{e} {noun}", "sans {noun}",
    "sans {none} {noun}", "zéro {noun}", "jamais de {noun}", "jamais {one} {noun}",
    "je n'ai eu {none} {noun}", "il n'y a eu {none} {noun}", "pas {the} moindre {noun}",
    "sans {the} moindre {noun}", "jamais eu de {noun}", "jamais {the} moindre {noun}",
    "{none} {noun} à signaler", "{none} {noun} en cinq ans", "pas de {noun}, parfait",
    "tout s'est passé sans {noun}",
)  # fmt: skip
_BURDENS = (
    "encore {one} {noun}", "toujours {one} {noun}", "que des {nouns}", "trop de {nouns}",
    "beaucoup de {nouns}", "des {nouns} à répétition", "{noun} sur {noun}",
    "encore et toujours des {nouns}", "j'ai eu {one} {noun}", "il y a eu {one} {noun}",
    "énième {noun}", "{noun} à chaque commande", "gros{se} {noun}", "{noun}, encore",
    "{one} {noun} de plus",
)  # fmt: skip
_LACKS = (
    "{none} {noun}", "{none} {noun}", "pas de {noun}", "pas {one} seul{e} {noun}", "sans {noun}",
    "sans {none} {noun}", "zéro {noun}", "toujours pas de {noun}", "jamais de {noun}",
    "jamais {one} {noun}", "je n'ai eu {none} {noun}", "il n'y a {none} {noun}",
    "pas {the} moindre {noun}", "plus de {noun}", "toujours {none} {noun}",
    "{none} {noun} depuis des semaines", "pas de {noun}, rien", "ni {noun} ni explication",
    "manque de {noun}", "absence de {noun}", "{none} {noun} malgré mes relances",
)  # fmt: skip


def _polar(part: str, label: int) -> list[str]:
    said: list[str] = tone()[part]["good" if label else "bad"]
    return said


def _gradable(adjective: str) -> bool:
    return " " not in adjective
