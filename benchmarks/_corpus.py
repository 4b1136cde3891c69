"""Odd and broken CSVs, made by code, each with what must become of it.

`rows` is how many rows a person would count (None: not for a person to say, but the receipt must
add up); `refused` says that the whole file must be; otherwise `bad` rows are quarantined.
"""

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

HEADER = ["inID", "Commentaire", "star", "source", "company", "index_org", "star_org", "date"]
FRENCH = ["très déçue", "ça va, sans plus", "œuvre d’art… à 9 €", "reçu à temps", "Noël gâché"]


@dataclass(frozen=True)
class Odd:
    name: str
    data: Callable[[], bytes]
    rows: int | None = 3
    bad: int | None = 0
    refused: bool = False
    ending: str = ".csv"


def rows(count: int = 3, start: int = 0) -> list[list[str]]:
    return [
        [str(i), text, star, "TrustPilot", "ShowRoom", str(start + i), star, "27/07/2020"]
        for i in range(count)
        for text, star in [(f"{FRENCH[i % 5]} {start + i}", str(i % 5 + 1))]
    ]


def text(
    body: list[list[str]] | None = None,
    header: list[str] | None = None,
    separator: str = ",",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADER if header is None else header)
    writer.writerows(rows() if body is None else body)
    return out.getvalue()


def corpus() -> Iterator[Odd]:
    yield from _encodings()
    yield from _shapes()
    yield from _columns()
    yield from _cells()
    yield from _broken()
    yield from _gzips()
    yield from _hostile()
    yield from _random_damage()


def _encodings() -> Iterator[Odd]:
    for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"):
        for separator, word in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")):
            for end, line in (("\n", "lf"), ("\r\n", "crlf")):
                made = text(separator=separator, end=end)
                yield Odd(
                    f"{codec} {word} {line}", lambda made=made, codec=codec: made.encode(codec)
                )
    bom = b"\xff\xfe"
    yield Odd("utf-16 with a mark, made by hand", lambda: bom + text().encode("utf-16-le"))
    latin = text().replace("’", "'").replace("…", "...").replace("€", "euros").replace("œ", "oe")
    yield Odd("latin-1", lambda: latin.encode("latin-1"))
    mixed = text().encode().splitlines(keepends=True)
    mixed[2] = mixed[2].decode().encode("cp1252")
    yield Odd("mixed encodings", lambda: b"".join(mixed))
    yield Odd(
        "bytes that mean nothing in cp1252",
        lambda: text().encode() + b"9,\x81\x8d,5,,,77,5,\n",
        4,
        1,
    )
    yield Odd("half a character at the end", lambda: text().encode() + "9,é".encode()[:-1], 4, 1)
    yield Odd("utf-16 cut in half a character", lambda: text().encode("utf-16")[:-1], None, None)


def _shapes() -> Iterator[Odd]:
    yield Odd("empty", lambda: b"", 0, refused=True)
    yield Odd("only blank lines", lambda: b"\n\n\n", 0, refused=True)
    yield Odd("only a byte order mark", lambda: b"\xef\xbb\xbf", 0, refused=True)
    yield Odd("only spaces", lambda: b"   ", 0, refused=True)
    yield Odd("a header alone", lambda: text([]).encode(), 0)
    yield Odd("a header alone, no line end", lambda: text([]).encode().strip(), 0)
    yield Odd("no line end at the end", lambda: text().encode().rstrip(b"\n"))
    yield Odd("old Mac line ends", lambda: text(end="\r").encode())
    yield Odd("blank lines between", lambda: text().replace("\n", "\n\n").encode())
    yield Odd("blank lines at the end", lambda: text().encode() + b"\n\n  \n\n")
    yield Odd("lines of separators", lambda: text().encode() + b",,,,,,,\n,,,,,,,\n")
    yield Odd("everything quoted", lambda: text(quoting=csv.QUOTE_ALL).encode())
    yield Odd(
        "trailing separators",
        lambda: text().replace("\n", ",\n", 4).encode().replace(b"date,", b"date"),
    )
    yield Odd("a missing cell", lambda: text().encode() + b"9,bien\n", 4, 1)
    yield Odd("optional cells missing at the end", lambda: text().encode() + b"9,bien,5\n", 4)
    yield Odd("a cell too many", lambda: text().encode() + b"9,bien, mal,5,,,8,5,,\n", 4, 1)
    yield Odd("no header", lambda: text().partition("\n")[2].encode(), 0, refused=True)
    yield Odd("the header twice", lambda: (text([]) + text()).encode())
    yield Odd("a title above the header", lambda: ("Export du jour\n" + text()).encode())
    yield Odd("one row", lambda: text(rows(1)).encode(), 1)
    yield Odd("20,000 rows", lambda: text(rows(20_000, 1000)).encode(), 20_000)


def _columns() -> Iterator[Odd]:
    order = [7, 3, 1, 0, 2, 4, 6, 5]
    shuffled = [[row[i] for i in order] for row in rows()]
    yield Odd(
        "columns in another order", lambda: text(shuffled, [HEADER[i] for i in order]).encode()
    )
    yield Odd("columns in capitals", lambda: text(header=[h.upper() for h in HEADER]).encode())
    yield Odd("spaces around the names", lambda: text(header=[f" {h} " for h in HEADER]).encode())
    yield Odd("comment and star only", lambda: text([r[1:3] for r in rows()], HEADER[1:3]).encode())
    yield Odd(
        "no star", lambda: text([r[1:2] for r in rows()], HEADER[1:2]).encode(), 0, refused=True
    )
    yield Odd(
        "no comment", lambda: text([r[2:4] for r in rows()], HEADER[2:4]).encode(), 0, refused=True
    )
    other = ["Titre comment", "Nombre d'étoile"]
    yield Odd("usual names", lambda: text([r[1:3] for r in rows()], other).encode())
    strange = ["Ce qui a été dit", "Mesure"]
    yield Odd(
        "strange names", lambda: text([r[1:3] for r in rows()], strange).encode(), 0, refused=True
    )
    extra = [[*row, "=1+1", "été"] for row in rows()]
    yield Odd("extra columns", lambda: text(extra, [*HEADER, "titre", "saison"]).encode())
    yield Odd(
        "an extra column without a name",
        lambda: text([[*r, "x"] for r in rows()], [*HEADER, ""]).encode(),
    )
    yield Odd(
        "two columns star",
        lambda: text([[*r, "5"] for r in rows()], [*HEADER, "star"]).encode(),
        0,
        refused=True,
    )
    yield Odd(
        "two extra columns of one name",
        lambda: text([[*r, "a", "b"] for r in rows()], [*HEADER, "x", "x"]).encode(),
    )
    for wide, refused in ((900, False), (10_000, True)):
        names = [*HEADER, *(f"c{i}" for i in range(wide))]
        body = [[*row, *("x" * wide)] for row in rows()]
        yield Odd(
            f"{wide:,} more columns",
            lambda body=body, names=names: text(body, names).encode(),
            0 if refused else 3,
            refused=refused,
        )


def _cells() -> Iterator[Odd]:
    def with_row(*cells: str) -> Callable[[], bytes]:
        full = ["9", "bien reçu", "5", "TrustPilot", "ShowRoom", "777", "5", "27/07/2020"]
        for index, cell in zip((1, 2, 7, 3), cells, strict=False):
            full[index] = cell
        return lambda: text([*rows(), full]).encode()

    for star in ("5", "5.0", '"5"', " 5 ", "5,0", "+5", "05", "cinq", "5/5", "★"):
        yield Odd(f"star {star!r}", with_row("bien", star), 4, 0)
    for star in (
        "",
        "0",
        "6",
        "-1",
        "4.5",
        "dix",
        "5/10",
        "1e0",
        "NaN",
        "٥5",
        "99999999999",
        "★★★★★★",
    ):
        yield Odd(f"star {star!r}", with_row("bien", star), 4, 1)
    for day in (
        "27/07/2020",
        "2020-07-27",
        "2020-07-27 00:00:00+00:00",
        "2020-07-27T10:20:30Z",
        "",
        "0000-00-00",
        "00/01/1900",
    ):
        yield Odd(f"date {day!r}", with_row("bien", "5", day), 4, 0)
    for day in (
        "31/02/2020",
        "2020-13-01",
        "hier",
        "01/01/2999",
        "1",
        "20200727",
        "٣/٣/٢٠٢٠",
    ):
        yield Odd(f"date {day!r}", with_row("bien", "5", day), 4, 1)
    for name, comment, bad in (
        ("empty", "", 1),
        ("blank", "  \t ", 1),
        ("no-break spaces", "\u00a0\u00a0", 1),
        ("20,000 characters", "é" * 20_000, 0),
        ("20,001 characters", "é" * 20_001, 1),
        ("200,000 characters", "é" * 200_000, 1),
        ("quoted line ends", "ligne 1\nligne 2\r\nligne 3", 0),
        ("quotes inside", 'le "top" du "top"', 0),
        ("separators inside", "bien, très; bien\ttop|", 0),
        ("a formula", "=cmd|'/c calc'!A1", 0),
        ("another formula", "@SUM(1+1)*cmd", 0),
        ("emoji", "😀👍🏽👨‍👩‍👧", 0),
        ("right to left", "جيد جدا", 0),
        ("combining accents", "tre\u0300s de\u0301c\u0327u", 0),
        ("a zero-width space", "bien\u200b", 0),
        ("a line separator", "bien\u2028mal\x85fin\x0b\x0c", 0),
        ("control characters", "bien\x01\x02\x1f", 0),
        ("NUL", "bien\x00mal", 1),
        ("html", "<script>alert(1)</script>", 0),
        ("sql", "'); drop table reviews; --", 0),
        ("a long word", "a" * 5_000, 0),
        ("digits that could be slow to mask", "1 " * 5_000, 0),
        ("at signs that could be slow to mask", "a@" * 5_000, 0),
        ("letters and digits that could be slow to mask", "FR76" * 4_000, 0),
    ):
        yield Odd(f"comment: {name}", with_row(comment), 4, bad)
    yield Odd("source: 5,000 characters", with_row("bien", "5", "", "s" * 5_000), 4, 1)


def _broken() -> Iterator[Odd]:
    good = text().encode()
    yield Odd("a quote never closed", lambda: good + b'9,"bien,5,,,8,5,\n10,mal,1,,,9,1,\n', 5, 1)
    yield Odd(
        "a quote never closed in the first row", lambda: good.replace(b"0,", b'0,"', 1), None, None
    )
    yield Odd(
        "a quote never closed, then 5,000 rows",
        lambda: good + b'9,"bien,5,,,8,5,\n' + text(rows(5_000, 100)).encode().partition(b"\n")[2],
        5_004,
        1,
    )
    yield Odd("a quote in the middle of a cell", lambda: good + b'9,un ecran 5" bien,5,,,8,5,\n', 4)
    yield Odd("text after a closing quote", lambda: good + b'9,"bien"mal,5,,,8,5,\n', 4, 1)
    yield Odd(
        "an unbalanced quote pair over two rows",
        lambda: good + b'9,"bien,5,,,8,5,\n10,mal",1,,,9,1,\n',
        None,
        None,
    )
    yield Odd(
        "an unbalanced quote pair over three rows",
        lambda: good + b'9,"bien,5,,,8,5,\n10,bof,3,,,9,3,\n11,mal",1,,,10,1,\n',
        4,
        1,
    )
    yield Odd("quotes on every line", lambda: good + b'9,"bien,5,,,8,5,\n' * 500, 503, None)
    yield Odd("backslash quotes", lambda: good + b'9,"dit \\"bien\\"",5,,,8,5,\n', 4, None)
    yield Odd("a bare carriage return", lambda: good + b"9,bien\rmal,5,,,8,5,\n", 4, None)
    yield Odd("NULs between", lambda: good + b"\0" * 1000 + b"\n", 4, 1)
    yield Odd("cut in the middle of a row", lambda: good[:-45], 3, 1)
    yield Odd("json", lambda: b'[{"Commentaire": "bien", "star": 5}]', 0, refused=True)
    yield Odd("html", lambda: b"<html><body>403 Forbidden</body></html>", 0, refused=True)
    yield Odd("an xlsx", lambda: b"PK\x03\x04" + bytes(range(256)) * 50, 0, refused=True)
    yield Odd("a png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, 0, refused=True)
    yield Odd("random bytes", lambda: random.Random(1).randbytes(50_000), 0, refused=True)
    yield Odd("zeros", lambda: bytes(1_000_000), 0, refused=True)


def _gzips() -> Iterator[Odd]:
    good = text().encode()
    packed = gzip.compress(good)
    yield Odd("gzip", lambda: packed, ending=".csv.gz")
    yield Odd("gzip called csv", lambda: packed)
    yield Odd("csv called gzip", lambda: good, ending=".csv.gz")
    yield Odd(
        "gzip of two members",
        lambda: packed + gzip.compress(b"9,bien,5,,,8,5,\n"),
        4,
        ending=".csv.gz",
    )
    yield Odd("gzip with padding", lambda: packed + bytes(512), ending=".csv.gz")
    yield Odd("gzip of utf-16", lambda: gzip.compress(text().encode("utf-16")), ending=".csv.gz")
    yield Odd("gzip cut off", lambda: packed[:-10], 0, refused=True, ending=".csv.gz")
    yield Odd(
        "gzip damaged",
        lambda: packed[:40] + b"\xff\xff" + packed[42:],
        0,
        refused=True,
        ending=".csv.gz",
    )
    yield Odd(
        "gzip with a false checksum",
        lambda: packed[:-8] + b"\0" * 8,
        0,
        refused=True,
        ending=".csv.gz",
    )
    yield Odd("gzip of nothing", lambda: gzip.compress(b""), 0, refused=True, ending=".csv.gz")
    yield Odd("gzip in gzip", lambda: gzip.compress(packed), 0, refused=True, ending=".csv.gz")
    yield Odd("gzip header alone", lambda: packed[:10], 0, refused=True, ending=".csv.gz")
    yield Odd("a gzip bomb of zeros", lambda: _bomb(b"\0"), 0, refused=True, ending=".csv.gz")
    yield Odd(
        "a gzip bomb of rows",
        lambda: _bomb(b"9,bien,5,,,8,5,\n", good),
        0,
        refused=True,
        ending=".csv.gz",
    )


def _bomb(piece: bytes, start: bytes = b"") -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        packed.write(start)
        block = piece * (1_000_000 // len(piece))
        for _ in range(1_000):
            packed.write(block)
    return out.getvalue()


def _hostile() -> Iterator[Odd]:
    good = text().encode()
    big = 50 * 1024 * 1024
    yield Odd("a cell of 50 MB", lambda: good + b"9," + b"x" * big + b",5,,,8,5,\n", 4, 1)
    yield Odd("a quoted cell of 50 MB", lambda: good + b'9,"' + b"x" * big + b'",5,,,8,5,\n', 4, 1)
    yield Odd("50 MB without a line end", lambda: b"x" * big, 0, refused=True)
    yield Odd(
        "a header of 5 MB",
        lambda: b"Commentaire,star," + b"c," * 2_500_000 + b"\n",
        0,
        refused=True,
    )
    yield Odd(
        "a quoted cell of 300,000 lines",
        lambda: good + b'9,"' + b"a\n" * 300_000 + b'",5,,,8,5,\n',
        None,
        None,
    )
    yield Odd("1,000,000 blank lines", lambda: good + b"\n" * 1_000_000)
    yield Odd("100,000 lines of one quote", lambda: good + b'"\n' * 100_001, None, None)


def _random_damage() -> Iterator[Odd]:
    """Bytes changed, dropped or doubled anywhere: the receipt must add up whatever it says."""
    for seed in range(20):

        def damaged(seed: int = seed) -> bytes:
            draw = random.Random(seed)
            data = bytearray(text(rows(50)).encode(draw.choice(["utf-8", "cp1252", "utf-16"])))
            for _ in range(draw.randint(1, 12)):
                at = draw.randrange(len(data))
                data[at : at + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
            return bytes(data)

        yield Odd(f"random damage {seed}", damaged, None, None)
