"""Lines, cells, quotes, headers and columns, in the ways that people and programs write them."""

import csv
import random
from collections.abc import Iterator

from benchmarks._odd import HEADER, Odd, Said, base, odd, refused, rows, text

TWO: list[Said] = [("bien reçu", 5, None), ("cassé", 1, None)]


def files() -> Iterator[Odd]:
    yield from _lines()
    yield from _above()
    yield from _again()
    yield from _columns()
    yield from _widths()
    yield from _quotes()
    yield from _escapes()
    yield from _no_csv()


def _lines() -> Iterator[Odd]:
    good = text()
    for name, data in (
        ("empty", ""),
        ("only blank lines", "\n\n\n"),
        ("only a byte order mark", "\ufeff"),
        ("only spaces", "   "),
    ):
        yield refused(name, data)
    yield odd("a header alone", text([]), [])
    yield odd("a header alone, no line end", text([]).strip(), [])
    yield odd("no line end at the end", good.rstrip("\n"), base())
    yield odd("old Mac line ends", text(end="\r"), base())
    yield odd("blank lines between", good.replace("\n", "\n\n"), base())
    yield odd("blank lines at the end", good + "\n\n  \n\n", base())
    yield odd("lines of separators", good + ",,,,,,,\n,,,,,,,\n", base())
    yield odd("everything quoted", text(quoting=csv.QUOTE_ALL), base())
    yield odd("one row", text(rows(1)), base(1))
    yield odd("20,000 rows", text(rows(20_000, 1000)), base(20_000, 1000))
    for first in ("\n", "\r\n"):
        for second in ("\n", "\r\n", "\r"):
            name = f"rows that end in {first!r}, then in {second!r}"
            more = text(rows(3, 50), end=second).partition(second)[2]
            yield odd(name, text(end=first) + more, base() + base(3, 50))
    for end in ("\n", "\r\n", "\r"):
        for inner in ("\n", "\r\n"):
            body = [["1", f"un{inner}deux", "4"], ["2", "trois", "5"]]
            made = text(body, ["n", "Commentaire", "star"], end=end, quoting=csv.QUOTE_ALL)
            stored: list[Said] = [("un\ndeux", 4, None), ("trois", 5, None)]
            yield odd(f"rows that end in {end!r} with {inner!r} in a cell", made, stored)
    plain = "n;Commentaire;star\r\n1;un\ndeux;4\r\n2;trois\r\n".replace("trois", "trois;5")
    stored = [("un\ndeux", 4, None), ("trois", 5, None)]
    yield odd("a bare LF in a cell without quotes, in CRLF rows", plain, stored)
    yield odd("a bare CR in a cell without quotes", plain.replace("un\ndeux", "un\rdeux"), stored)


def _above() -> Iterator[Odd]:
    for separator in ",;\t|^~":
        body = "\n".join(
            separator.join(cells)
            for cells in (("Commentaire", "star"), ("bien reçu", "5"), ("cassé", "1"))
        )
        declared = "\\t" if separator == "\t" else separator
        for name, line in (
            ("", f"sep={declared}"),
            (" quoted", f'"sep={declared}"'),
            (" in capitals", f"SEP={declared}"),
            (" behind a mark", f"\ufeffsep={declared}"),
        ):
            yield odd(f"a sep line{name} with {separator!r}", f"{line}\r\n{body}\r\n", TWO)
    body = "Commentaire;star\r\nbien reçu;5\r\ncassé;1\r\n"
    for name, above in (
        ("one blank line", "\r\n"),
        ("five blank lines", "\r\n" * 5),
        ("a title", "Export des avis\r\n"),
        ("a title in cells", "Export des avis;\r\n;\r\n"),
        ("title, period and blank line", "Avis\r\nDu 01/02/2024 au 29/02/2024\r\n\r\n"),
        ("a quoted title", '"Avis ; tous"\r\n'),
        ("a title with a quote", 'Avis du 15"\r\n'),
        ("twenty lines", "Ligne de titre\r\n" * 20),
        ("key and value", "Boutique;Lyon\r\nAnnée;2024\r\n"),
    ):
        yield odd(f"{name} above the header", above + body, TWO)
    yield odd("a row above the header", "bof;3\r\n" + body, TWO, 1)


def _again() -> Iterator[Odd]:
    head, more = "Commentaire;star\n", "bien reçu;5\n"
    yield odd("the header twice", text([]) + text(), base())
    yield odd("the header between", f"{head}{more}{head}cassé;1\n", TWO)
    yield odd("the header between, in capitals", f"{head}{more}{head.upper()}cassé;1\n", TWO)
    yield odd("the header between, behind a mark", f"{head}{more}\ufeff{head}cassé;1\n", TWO)
    yield odd("the header at the end", f"{head}{more}cassé;1\n{head}", TWO)
    yield odd("the columns turned round", f"{head}{more}star;Commentaire\n1;cassé\n", TWO)
    yield odd(
        "other columns further down", f"{head}{more}Date;star;Commentaire\nx;1;y\n", TWO[:1], 1
    )


def _columns() -> Iterator[Odd]:
    order = [7, 3, 1, 0, 2, 4, 6, 5]
    shuffled = [[row[i] for i in order] for row in rows()]
    yield odd("columns in another order", text(shuffled, [HEADER[i] for i in order]), base())
    yield odd("columns in capitals", text(header=[h.upper() for h in HEADER]), base())
    yield odd("spaces around the names", text(header=[f" {h} " for h in HEADER]), base())
    bare = [(said, star, None) for said, star, _ in base()]
    only = [r[1:3] for r in rows()]
    yield odd("comment and star only", text(only, HEADER[1:3]), bare)
    yield refused("no star", text([r[1:2] for r in rows()], HEADER[1:2]))
    yield refused("no comment", text([r[2:4] for r in rows()], HEADER[2:4]))
    yield refused("strange names", text(only, ["Ce qui a été dit", "Mesure"]))
    for comment in ("Titre comment", "titre_comment", "TITRE COMMENT", "Avis", "Verbatim"):
        for star in ("Nombre d'étoile", "Nombre d’étoiles", "Nombre d'e\u0301toiles", "Note"):
            yield odd(f"columns {comment!r} and {star!r}", text(only, [comment, star]), bare)
    for star in ("Étoiles", "Nombre d’étoiles"):
        yield odd(
            f"a header of cp1252 over rows of UTF-8: {star!r}",
            f"Commentaire,{star}\n".encode("cp1252") + text(only).partition("\n")[2].encode(),
            bare,
        )
    extra = [[*row, "=1+1", "été"] for row in rows()]
    yield odd("extra columns", text(extra, [*HEADER, "titre", "saison"]), base())
    with_x = [[*r, "x"] for r in rows()]
    yield odd("an extra column without a name", text(with_x, [*HEADER, ""]), base())
    yield refused("two columns star", text([[*r, "5"] for r in rows()], [*HEADER, "star"]))
    yield refused("two columns date", text([[*r, "5"] for r in rows()], [*HEADER, "Date"]))
    twice = text([[*r, "a", "b"] for r in rows()], [*HEADER, "x", "x"])
    yield odd("two extra columns of one name", twice, base())
    for wide, too_wide in ((900, False), (10_000, True)):
        names = [*HEADER, *(f"c{i}" for i in range(wide))]
        made = text([[*row, *("x" * wide)] for row in rows()], names)
        name = f"{wide:,} more columns"
        yield refused(name, made) if too_wide else odd(name, made, base())


def _widths() -> Iterator[Odd]:
    good = text()
    more = [*base(), ("bien", 5, None)]
    yield odd("optional cells missing at the end", good + "9,bien,5\n", more)
    yield odd("all but the last cells missing", good + "9,bien,5,,,8,5\n", more)
    yield odd("a needed cell missing", good + "9,bien\n", base(), 1)
    for cells in (1, 2, 3):
        behind = good.replace("\n", "," * cells + "\n").replace("date" + "," * cells, "date")
        yield odd(f"{cells} empty cells behind every row", behind, base())
    yield odd("an empty cell behind one row", good + "9,bien,5,,,8,5,,\n", base(), 1)
    yield odd("a cell too many", good + "9,bien, mal,5,,,8,5,,\n", base(), 1)
    for number, row in enumerate(
        ("Bon, mais lent,4,\n", "Pour moi, 5, c'est 3,2\n", "Oui, 5,2,\n", "Note, 3,5,web\n")
    ):
        head = "Commentaire,star,source\n"
        yield odd(
            f"a comment without quotes {number}", f"{head}bien reçu,5,web\ncassé,1,\n{row}", TWO, 1
        )
        yield odd(f"a comment without quotes, alone {number}", head + row, [], 1)


def _quotes() -> Iterator[Odd]:
    good = text()
    yield odd(
        "a quote never closed",
        good + '9,"bien,5,,,8,5,\n10,mal,1,,,9,1,\n',
        [*base(), ("mal", 1, None)],
        1,
    )
    yield odd("a quote never closed in the first row", good.replace("0,", '0,"', 1), base()[1:], 1)
    yield odd(
        "a quote never closed, then 5,000 rows",
        good + '9,"bien,5,,,8,5,\n' + text(rows(5_000, 100)).partition("\n")[2],
        base() + base(5_000, 100),
        1,
    )
    inch = [*base(), ('un ecran 5" bien', 5, None)]
    yield odd("a quote in the middle of a cell", good + '9,un ecran 5" bien,5,,,8,5,\n', inch)
    yield odd("text after a closing quote", good + '9,"bien"mal,5,,,8,5,\n', base(), 1)
    for count, lines in enumerate(
        (
            '9,"bien,5,,,8,5,\n10,mal",1,,,9,1,\n',
            '9,"bien,5,,,8,5,\n10,bof,3,,,9,3,\n11,mal",1,,,10,1,\n',
        ),
        2,
    ):
        yield odd(f"{count} lines in quotes that could each be a row", good + lines, base(), 1)
        yield odd(
            f"an inch mark closes {count} lines that are rows",
            good + lines.replace("mal", "un 15"),
            [*base(), *([("bof", 3, None)] if count == 3 else []), ('un 15"', 1, None)],
            1,
        )
    yield odd("quotes on every line", good + '9,"bien,5,,,8,5,\n' * 500, base(), 500)
    for separator in ",;\t|":
        head = separator.join(("star", "Commentaire", "n"))

        def made(*lines: str, head: str = head, separator: str = separator) -> str:
            return "\n".join((head, *(line.replace("§", separator) for line in lines))) + "\n"

        name = repr(separator)
        whole: list[Said] = [("Voici :\nbien\nfin", 2, None), ("oui", 5, None)]
        yield odd(
            f"a comment of three lines, {name}", made('2§"Voici :\nbien\nfin"§1', "5§oui§2"), whole
        )
        like = [("Voici :\n5" + separator + "bien" + separator + "3\nfin", 2, None)]
        yield odd(
            f"a comment with a line like a row, {name}", made('2§"Voici :\n5§bien§3\nfin"§1'), like
        )
        yield odd(
            f"a comment with quotes in it, {name}",
            made('2§"dit ""non"" et ""oui"""§1', '5§un 27" plat§2'),
            [('dit "non" et "oui"', 2, None), ('un 27" plat', 5, None)],
        )
    broken = 'Commentaire,star\nun,5\n"Bonjour\nil a dit "nul"\nfini",2\ntrois,3\n'
    yield odd("the end of a broken cell", broken, [("un", 5, None), ("trois", 3, None)], 1)


def _escapes() -> Iterator[Odd]:
    head = "Commentaire;star;source\n"
    said = 'dit "bien"'
    yield odd("backslash quotes", f'{head}"dit \\"bien\\"";5;\\N\n', [(said, 5, None)])
    yield odd(
        "backslash separators",
        f"{head}un\\; deux;4;\\N\nbof;3;x\n",
        [("un; deux", 4, None), ("bof", 3, None)],
    )
    yield odd(
        "backslashes that are text",
        f'{head}"d:\\";4;x\nbien \\o/;5;x\n',
        [("d:\\", 4, None), ("bien \\o/", 5, None)],
    )
    tabs = "Commentaire\tstar\tdate\n"
    yield odd(
        "a dump with tabs",
        f"{tabs}un\\ndeux\t4\t\\N\nfin\\\\\t5\t2024-01-02\n",
        [("un\ndeux", 4, None), ("fin\\", 5, "2024-01-02")],
    )
    literal = f'{tabs}"Top" dit-il\t5\t\n"ouvert\t4\t\nun 27" plat\t3\t\n'
    yield odd(
        "tabs with plain quotes",
        literal,
        [('"Top" dit-il', 5, None), ('"ouvert', 4, None), ('un 27" plat', 3, None)],
    )
    yield odd(
        "tabs as Excel writes them",
        f'{tabs}"dit ""top"""\t5\t\n"un\ndeux"\t4\t\n',
        [('dit "top"', 5, None), ("un\ndeux", 4, None)],
    )
    yield odd(
        "cells of \\N", "Commentaire;star;date\nbien reçu;5;\\N\ncassé;1;\\N\n\\N;3;\n", TWO, 1
    )


def _no_csv() -> Iterator[Odd]:
    good = text().encode()
    yield odd("NULs between", good + b"\0" * 1000 + b"\n", base(), 1)
    yield odd("cut in the middle of a row", good[:-45], base(2), 1)
    yield refused("no header", text().partition("\n")[2])
    yield refused("json", '[{"Commentaire": "bien", "star": 5}]')
    yield refused("html", "<html><body>403 Forbidden</body></html>")
    yield refused("an xlsx", b"PK\x03\x04" + bytes(range(256)) * 50)
    yield refused("a png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)
    yield refused("random bytes", random.Random(1).randbytes(50_000))
    yield refused("zeros", bytes(1_000_000))
