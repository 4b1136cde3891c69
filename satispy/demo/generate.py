"""Demo reviews: as noisy as real ones, written by a grammar, in the three uploads of the walk.

Stars decide the odds of each clause, not the words themselves; with mixed feelings, irony, typos,
twins and a few careless stars, models land between .85 and .95 rather than at 1.
"""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from satispy.demo import grammar
from satispy.plain_text import unaccented

COLUMNS = ("inID", "Commentaire", "star", "source", "company", "index_org", "star_org", "date")

#: How likely a clause agrees with a satisfied customer, by star.
GOODWILL = {1: 0.06, 2: 0.14, 3: 0.66, 4: 0.88, 5: 0.96}


@dataclass(frozen=True)
class Source:
    """Where reviews come from, and what stars people give there (odds for 1 to 5)."""

    name: str
    stars: tuple[float, ...]
    short: float
    date_format: str


#: Left of one's own accord, often in anger; or asked for after each delivery.
FORUM = Source("AvisLibre", (0.50, 0.14, 0.08, 0.10, 0.18), 0.06, "%Y-%m-%d 00:00:00+00:00")
SURVEY = Source("AvisAchat", (0.05, 0.05, 0.09, 0.26, 0.55), 0.36, "%d/%m/%Y")


@dataclass(frozen=True)
class Update:
    """One upload of the walk: blocks of (source, company, rows)."""

    name: str
    blocks: tuple[tuple[Source, str, int], ...]
    begin: date


#: Drift on purpose: the second update brings a new company, the third far more anger.
WALK = (
    Update(
        "demo_1_base.csv",
        ((FORUM, "Atelier Sud", 3100), (SURVEY, "Atelier Sud", 4800)),
        date(2023, 1, 9),
    ),
    Update(
        "demo_2_new_company.csv",
        ((SURVEY, "Atelier Sud", 1800), (FORUM, "Belle Rive", 2000), (SURVEY, "Belle Rive", 4003)),
        date(2023, 9, 4),
    ),
    Update(
        "demo_3_more_anger.csv",
        ((FORUM, "Belle Rive", 1150), (SURVEY, "Belle Rive", 350)),
        date(2024, 3, 4),
    ),
)


@dataclass(frozen=True)
class Planted:
    """A carrier loses parcels of one company in the last weeks of an update."""

    update: str
    company: str
    #: Days of the update's 150.
    days: range
    #: Share of the company's reviews of these days that tell of it.
    share: float


INCIDENT = Planted("demo_3_more_anger.csv", "Belle Rive", range(129, 150), 0.6)

#: Of these rows, as many as the real ones, the demo takes so many: a newcomer waits minutes.
DEMO_SCALE = 0.4


class Writer:
    """Writes reviews; the same seed writes the same ones."""

    def __init__(self, seed: int, noise: float = 1.0) -> None:
        """`noise` scales typos, irony, mixed feelings and careless stars; 3 makes alerts fire."""
        self._random = random.Random(seed)  # noqa: S311 - demo text, not a secret
        self._noise = noise

    def review(self, source: Source) -> tuple[str, int]:
        """A comment and its stars."""
        star = self._random.choices((1, 2, 3, 4, 5), source.stars)[0]
        comment = self._short(star) if self._happens(source.short) else self._long(star)
        if self._happens(0.02 * self._noise):  # somebody clicked carelessly
            star = self._random.randint(1, 5)
        return self._careless_spelling(comment), star

    def lost_parcel(self) -> str:
        return self._careless_spelling(self._filled(self._pick(grammar.LOST_PARCELS)))

    def happens(self, odds: float) -> bool:
        return self._happens(odds)

    def _happens(self, odds: float) -> bool:
        return self._random.random() < odds

    def _pick(self, choices: tuple[str, ...]) -> str:
        return self._random.choice(choices)

    def _short(self, star: int) -> str:
        glad = self._happens(GOODWILL[star])
        return self._pick(grammar.SHORT_POSITIVE if glad else grammar.SHORT_NEGATIVE)

    def _long(self, star: int) -> str:
        # Unhappy customers write more: length alone says much about the stars.
        clauses = 1 + min(int(self._random.expovariate(0.5 if star > 2 else 0.22)), 30)
        parts = [self._clause(star) for _ in range(clauses)]
        text = self._pick(grammar.OPENERS) + " " if self._happens(0.2) else ""
        for index, part in enumerate(parts):
            text += part if index == 0 else self._pick(grammar.LINKS) + part
        if self._happens(0.3):
            glad = self._happens(GOODWILL[star])
            text += " " + self._pick(grammar.CLOSERS_POSITIVE if glad else grammar.CLOSERS_NEGATIVE)
        elif self._happens(0.5):
            text += " ."
        if self._happens(0.015):
            text += self._personal()
        return text

    def _clause(self, star: int) -> str:
        if self._happens(0.2):
            phrases = grammar.NEUTRAL
        elif self._happens(min(0.9, self._noise * (0.35 if star == 3 else 0.06))):
            phrases = grammar.MIXED
        elif star <= 2 and self._happens(0.05 * self._noise):
            phrases = grammar.IRONIC
        else:
            phrases = grammar.POSITIVE if self._happens(GOODWILL[star]) else grammar.NEGATIVE
        return self._filled(self._pick(phrases))

    def _filled(self, filled: str) -> str:
        while "{" in filled:
            begin, end = filled.index("{"), filled.index("}")
            filled = (
                filled[:begin]
                + self._pick(grammar.SLOTS[filled[begin + 1 : end]])
                + filled[end + 1 :]
            )
        return " ".join(filled.split())

    def _personal(self) -> str:
        """What must be masked; numbers and domains reserved for fiction."""
        number = self._random.randint(100000, 99999999)
        return self._random.choice(
            (
                f" commande n° {number}",
                f" appelez-moi au 06 39 98 {number % 90 + 10} {number // 7 % 90 + 10}",
                f" écrivez à client{number % 1000}@example.org",
            )
        )

    def _careless_spelling(self, text: str) -> str:
        if self._happens(0.22):
            text = unaccented(text)
        if self._happens(0.2):
            text = text.replace("'", "’")
        if self._happens(0.1):
            text = text.capitalize() if self._happens(0.7) else text.upper()
        words = text.split(" ")
        mistakes: tuple[Callable[[str, int], str], ...] = (
            lambda word, at: word[:at] + word[at + 1 :],
            lambda word, at: word[:at] + word[at] + word[at:],
            lambda word, at: word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
        for index, word in enumerate(words):
            if len(word) > 4 and self._happens(0.02 * self._noise):
                words[index] = self._random.choice(mistakes)(
                    word, self._random.randrange(1, len(word) - 1)
                )
        return " ".join(words)


def write_walk(folder: Path, seed: int = 20, noise: float = 1.0, scale: float = 1.0) -> list[Path]:
    """Write the CSVs of the walk in the columns of the origin; `scale` multiplies the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    writer, draw = Writer(seed, noise), random.Random(seed + 1)  # noqa: S311 - demo data
    carrier = Writer(seed + 2, noise)
    files, in_id, number = [], 0, 0
    for update in WALK:
        path = folder / update.name
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(COLUMNS)
            for source, company, count in update.blocks:
                for _ in range(max(1, round(count * scale))):
                    comment, star = writer.review(source)
                    number += draw.choice((1, 1, 1, 2, 3))  # some were withdrawn
                    after = draw.randrange(150)
                    if (
                        (update.name, company) == (INCIDENT.update, INCIDENT.company)
                        and after in INCIDENT.days
                        and carrier.happens(INCIDENT.share)
                    ):
                        comment, star = carrier.lost_parcel(), 1
                    day = update.begin + timedelta(days=after)
                    written = day.strftime(source.date_format)
                    rows.writerow(
                        (in_id, comment, star, source.name, company, number, star, written)
                    )
                    in_id += 1
        files.append(path)
    return files
