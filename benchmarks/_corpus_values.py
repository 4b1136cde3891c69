"""Stars, dates, comments and numbers of one row beside three that are well."""

from collections.abc import Iterator

from benchmarks._odd import Odd, Said, base, odd, refused, rows, text

STARS = {
    "5": 5, "5.0": 5, '"5"': 5, " 5 ": 5, "5,0": 5, "+5": 5, "05": 5, "cinq": 5, "5/5": 5, "★": 1,
    "4 / 5": 4, "4/5": 4, "3 sur 5": 3, "2,0 sur 5 étoiles": 2, "Noté 4 sur 5 étoiles": 4,
    "1.0 out of 5 stars": 1, "Rated 3 out of 5": 3, "2 étoiles": 2, "1 étoile": 1, "4 stars": 4,
    "3★": 3, "★★★★★": 5, "★★☆☆☆": 2, "⭐⭐⭐": 3, "⭐️⭐️": 2, "****": 4, "ONE": 1, "FIVE": 5,
    "STAR_RATING_TWO": 2, "four stars": 4, "trois": 3, "quatre étoiles": 4, "5\u00a0": 5,
    "\u202f4": 4, "Note : 2/5": 2,
}  # fmt: skip
NO_STARS = (
    "", "0", "6", "-1", "4.5", "4,5", "0,5", "dix", "5/10", "8/10", "3 sur 10", "12/20", "80 %",
    "1e0", "NaN", "N/A", "NULL", "٥5", "99999999999", "★★★★★★", "★★★½", "2½", "4.2", "bien", "4 5",
    "0/5", "zéro", "4/5/2024", "★☆☆☆☆☆☆☆☆☆",
)  # fmt: skip
DATES = {
    "27/07/2020": "2020-07-27", "2020-07-27": "2020-07-27",
    "2020-07-27 00:00:00+00:00": "2020-07-27",
    "2020-07-27T10:20:30Z": "2020-07-27T10:20:30", "": None, "0000-00-00": None, "00/01/1900": None,
    "nan": None, "NaT": None, "NULL": None, "0": None, "14/02/2023 18:05": "2023-02-14T18:05:00",
    "14-02-2023": "2023-02-14", "14.02.2023": "2023-02-14", "14/02/23": "2023-02-14",
    "2023/02/14": "2023-02-14", "14/02/2023 à 18h05": "2023-02-14T18:05:00",
    "2023-02-14 18:05:00 UTC": "2023-02-14T18:05:00",
    "2023-02-14T18:05:00+0100": "2023-02-14T17:05:00",
    "14 février 2023": "2023-02-14", "1er mars 2023": "2023-03-01", "14 févr. 2023": "2023-02-14",
    "Commenté en France le 14 février 2023": "2023-02-14", "Feb 14, 2023": "2023-02-14",
    "Reviewed in France on 14 February 2023": "2023-02-14",
    "Tue, 14 Feb 2023 18:05:00 +0000": "2023-02-14T18:05:00", "44971": "2023-02-14",
    "44971,5": "2023-02-14T12:00:00", "1676397900": "2023-02-14T18:05:00",
    "1676397900123": "2023-02-14T18:05:00",
}  # fmt: skip
NO_DATES = (
    "31/02/2020", "2020-13-01", "hier", "01/01/2999", "1", "20200727", "٣/٣/٢٠٢٠", "il y a 2 jours",
    "99999", "02/2023", "32/01/2023",
)  # fmt: skip
NOTHING = (
    "", "  \t ", "\u00a0\u00a0", "nan", "NaN", "NULL", "null", "None", "N/A", "n/a", "#N/A", "\\N",
    "#NOM?", "#NAME?", "#REF!", "#VALEUR!", "#DIV/0!", "<NA>", "(null)", "-", "--", "\u200b",
    "\ufeff",
    "\u200e\u200f", "\u00ad", "\u2060\u200b ", "\u2800", "&nbsp;",
)  # fmt: skip
KEPT = {
    "20,000 characters": "é" * 20_000,
    "quotes inside": 'le "top" du "top"',
    "separators inside": "bien, très; bien\ttop|",
    "a formula": "=cmd|'/c calc'!A1",
    "another formula": "@SUM(1+1)*cmd",
    "emoji": "😀👍🏽👨‍👩‍👧",
    "right to left": "جيد جدا",
    "a sign only": "👍",
    "a dot only": ".",
    "RAS": "RAS",
    "nothing to report": "Néant à signaler",
    "a bare minus in words": "- de choix qu'avant",
    "less than": "5 < 6 & 7 > 2",
    "no entity": "&notanentity;",
    "sql": "'); drop table reviews; --",
    "a long word": "a" * 5_000,
}


def files() -> Iterator[Odd]:
    for cell, star in STARS.items():
        yield _with(f"star {cell!r}", star=cell, stored=("bien", star, None))
    for cell in NO_STARS:
        yield _with(f"no star {cell!r}", star=cell)
    for cell, day in DATES.items():
        yield _with(f"date {cell!r}", date=cell, stored=("bien", 5, day))
    for cell in NO_DATES:
        yield _with(f"no date {cell!r}", date=cell)
    for cell in NOTHING:
        yield _with(f"no comment {cell!r}", comment=cell)
    for name, comment in KEPT.items():
        yield _with(f"comment: {name}", comment=comment, stored=(comment, 5, None))
    yield from _comments_that_change()
    yield from _columns_of_marks()
    yield from _columns_of_dates()


def _with(
    name: str, comment: str = "bien", star: str = "5", date: str = "", stored: Said | None = None
) -> Odd:
    """Three good rows and this one; its fate is to be stored so, or rejected."""
    row = ["9", comment, star, "TrustPilot", "ShowRoom", "777", "5", date]
    return odd(name, text([*rows(), row]), [*base(), *([stored] if stored else [])], not stored)


def _comments_that_change() -> Iterator[Odd]:
    for name, comment, kept in (
        ("line ends", "ligne 1\nligne 2\r\nligne 3", "ligne 1\nligne 2\nligne 3"),
        ("a zero-width space at its end", "bien\u200b", "bien"),
        ("spaces around", " \u00a0bien ", "bien"),
        ("html", "Tr&egrave;s d&eacute;&ccedil;ue", "Très déçue"),
        ("a masked number", "commande 123456789", "commande [numéro]"),
        ("a masked address", "écrire à zoe@exemple.test", "écrire à [e-mail]"),
    ):
        yield _with(f"comment: {name}", comment=comment, stored=(kept, 5, None))
    for name, comment in (
        ("NUL", "bien\x00mal"),
        ("20,001 characters", "é" * 20_001),
        ("200,000 characters", "é" * 200_000),
    ):
        yield _with(f"comment: {name}", comment=comment)
    source = [["9", "bien", "5", "s" * 5_000, "", "8", "5", ""]]
    yield odd("source: 5,000 characters", text([*rows(), *source]), base(), 1)
    for name, comment in (
        ("digits that could be slow to mask", "1 " * 5_000),
        ("at signs that could be slow to mask", "a@" * 5_000),
        ("letters and digits that could be slow to mask", "FR76" * 4_000),
        ("combining accents", "tre\u0300s de\u0301c\u0327u"),
        ("control characters", "bien\x01\x02\x1f"),
        ("line separators", "bien\u2028mal\x85fin\x0b\x0c"),
    ):
        row = ["9", comment, "5", "", "", "777", "5", ""]
        made = text([*rows(), row]).encode()
        yield Odd(f"comment: {name}", lambda made=made: made, 4, 0)


def _columns_of_marks() -> Iterator[Odd]:
    def column(name: str, cells: str) -> str:
        said = "\n".join(f"avis {n};{cell}" for n, cell in enumerate(cells.split()))
        return f"Commentaire;{name}\n{said}\n"

    for name, header, cells in (
        ("0 to 10", "Note", "0 1 2 5 7 9 10"),
        ("1 to 10", "Note", "3 5 8 9"),
        ("mostly 10", "Note", "10 10 10 4 5"),
        ("0 to 20", "Note", "12 15 8 19 4"),
        ("0 to 100", "Note", "20 80 100 60 5"),
        ("said in the cells", "Note", "4/10 5/10 3/10"),
        ("per cent", "Note", "80% 100% 20%"),
        ("named /10", "Note /10", "4 5 3"),
        ("named sur 20", "Note sur 20", "4 5 3"),
        ("NPS", "NPS", "4 5 9"),
    ):
        yield refused(f"another scale: {name}", column(header, cells))
    one_to_five = [("avis 0", 4, None), ("avis 1", 5, None), ("avis 2", 3, None)]
    yield odd("named /5", column("Note /5", "4 5 3"), one_to_five)
    many = " ".join(["4"] * 40)
    mostly = [(f"avis {n}", 4, None) for n in range(40)]
    yield odd("two typing errors of many", column("Note", f"{many} 6 6"), mostly, 2)
    halves = [("avis 0", 4, None), ("avis 3", 2, None)]
    yield odd("half stars", column("Note", "4,0 4,5 0.5 2.0"), halves, 2)


def _columns_of_dates() -> Iterator[Odd]:
    def column(*days: str) -> str:
        said = "\n".join(f"avis {n};5;{day}" for n, day in enumerate(days))
        return f"Commentaire;star;date\n{said}\n"

    for name, days, read in (
        ("day first", ("03/04/2023", "25/04/2023"), ("2023-04-03", "2023-04-25")),
        ("month first", ("03/04/2023", "04/25/2023"), ("2023-03-04", "2023-04-25")),
        (
            "month first with times",
            ("3/4/2023 2:05 PM", "4/25/23 9:00 AM"),
            ("2023-03-04T14:05:00", "2023-04-25T09:00:00"),
        ),
        ("either way", ("03/04/2023", "05/06/2023"), ("2023-04-03", "2023-06-05")),
        ("Excel's day numbers", ("45000", "45001"), ("2023-03-15", "2023-03-16")),
        (
            "epoch seconds",
            ("1676397900", "1676397901"),
            ("2023-02-14T18:05:00", "2023-02-14T18:05:01"),
        ),
    ):
        stored = [(f"avis {n}", 5, day) for n, day in enumerate(read)]
        yield odd(f"dates {name}", column(*days), stored)
    both = column("03/04/2023", "25/04/2023", "04/25/2023")
    stored = [("avis 1", 5, "2023-04-25"), ("avis 2", 5, "2023-04-25")]
    yield odd("dates written both ways", both, stored, 1)
    wrong = column(*["25/04/2023"] * 30, "04/25/2023")
    stored = [(f"avis {n}", 5, "2023-04-25") for n in range(30)]
    yield odd("one date of many the other way round", wrong, stored, 1)
    numbers = "".join(f"avis {n},5,1,23457E+11\n" for n in range(2)).replace("1,2", "1.2")
    stored = [("avis 0", 5, None), ("avis 1", 5, None)]
    yield odd("numbers that a spreadsheet rounded", f"Commentaire,star,number\n{numbers}", stored)
    long = "".join(f"même avis,5,12345678901234{n}0000\n" for n in (1, 2, 1))
    same = [("même avis", 5, None)] * 3
    yield odd("long numbers that lost their last digits", f"Commentaire,star,number\n{long}", same)
