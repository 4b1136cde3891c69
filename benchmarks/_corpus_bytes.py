"""Encodings, compression, and bytes that are no text."""

import gzip
import io
import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks._odd import Odd, base, odd, rows, text

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ENDS = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}
#: Letters that cp850 and Latin-1 have not.
PLAIN = str.maketrans({"’": "'", "…": "...", "€": "E", "œ": "o"})


def files() -> Iterator[Odd]:
    yield from map(_of_the_usual_rows, _encodings())
    yield from _code_pages()
    yield from _twice_encoded()
    yield from _changing()
    yield from map(_of_the_usual_rows, _gzips())
    yield from map(_of_the_usual_rows, _hostile())
    yield from _random_damage()
    yield from _known_damage()


def _of_the_usual_rows(made: Odd) -> Odd:
    """What is stored, where no other rows than the usual ones are."""
    if made.stored is None and not made.refused and made.rows is not None and made.bad is not None:
        return replace(made, stored=base(made.rows - made.bad))
    return made


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


def _code_pages() -> Iterator[Odd]:
    for codec in ("mac-roman", "cp850", "iso8859-15", "latin-1"):
        plain = codec in ("cp850", "latin-1")
        stored = [
            (said.translate(PLAIN) if plain else said.replace("…", "").replace("’", "'"), star, day)
            for said, star, day in base(5)
        ]
        body = [[row[0], said, *row[2:]] for row, (said, _, _) in zip(rows(5), stored, strict=True)]
        for separator, word in SEPARATORS.items():
            for end, line in ENDS.items():
                made = text(body, separator=separator, end=end).encode(codec)
                yield odd(f"{codec} {word} {line}", made, stored)


def _twice_encoded() -> Iterator[Odd]:
    for codec in ("cp1252", "mac-roman", "cp850"):
        for separator, word in SEPARATORS.items():
            made = text(rows(5), separator=separator)
            for times in (1, 2) if codec == "cp1252" else (1,):
                made = _taken_for(made, codec)
                yield odd(f"utf-8 taken for {codec}, {times} times, {word}", made, base(5))
    half = text().splitlines(keepends=True)
    half[2] = _taken_for(half[2], "cp1252")
    yield odd("one line encoded twice", "".join(half), base())
    honest = "Commentaire,star\nSÃO PAULO,4\n« CAFÉ »,5\n"
    yield odd(
        "what only looks encoded twice", honest, [("SÃO PAULO", 4, None), ("« CAFÉ »", 5, None)]
    )


def _taken_for(made: str, codec: str) -> str:
    return "".join(
        bytes([byte]).decode(codec, "ignore") or bytes([byte]).decode("latin-1")
        for byte in made.encode()
    )


def _changing() -> Iterator[Odd]:
    """Files that were appended to in another encoding."""
    first, more = text(), text(rows(2, 50)).partition("\n")[2]
    stored = base() + base(2, 50)
    for codec in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(codec)
        for other in ("utf-8", "cp1252"):
            made = mark + first.encode(codec) + more.encode(other)
            yield odd(f"{codec}, then {other}", made, stored)
            made = first.encode(other) + more.encode(codec)
            yield odd(f"{other}, then {codec}", made, stored)
    for codec in ("cp1252", "mac-roman", "iso8859-15"):
        plain = more.replace("…", "").replace("’", "'")
        after = [
            (said.replace("…", "").replace("’", "'"), star, day) for said, star, day in base(2, 50)
        ]
        yield odd(f"utf-8, then {codec}", first.encode() + plain.encode(codec), base() + after)
    yield odd("a mark at each line", first.replace("\n", "\n\ufeff"), base())
    yield odd("a mark taken for cp1252", "ï»¿" + first, base())
    yield odd("a mark twice", "\ufeff\ufeff" + first, base())
    russian = "Commentaire,star\nОчень хорошо,5\n".encode("cp1251")
    yield Odd("cyrillic letters of one byte", lambda: russian, 0, refused=True)
    polish = "Commentaire,star\nDziękuję, źle się układa,2\n".replace(",2", ";2").replace(
        ",s", ";s"
    )
    yield Odd("polish letters of one byte", lambda: polish.encode("cp1250"), 0, refused=True)


def _known_damage() -> Iterator[Odd]:
    """One thing is done to one line of ten: it costs that line, and no other."""
    whole = base(10)
    for seed in range(30):
        draw = random.Random(1000 + seed)
        lines = text(rows(10)).splitlines()
        at = draw.randrange(1, 11)
        cells = lines[at].split(",") if '"' not in lines[at] else None
        kind = ("quote", "cut", "star", "date", "twin")[seed % 5]
        kept = whole[: at - 1] + whole[at:]
        if kind == "quote" or cells is None:
            lines[at] = '9,"' + lines[at].replace('"', "")
        elif kind == "cut":
            lines[at] = ",".join(cells[:2])
        elif kind == "star":
            cells[2] = draw.choice(["", "0", "7", "4,5".replace(",", "."), "oui", "3/10"])
            lines[at] = ",".join(cells)
        elif kind == "date":
            cells[7] = draw.choice(["31/02/2020", "hier", "2020-13-40", "01/01/2999"])
            lines[at] = ",".join(cells)
        else:  # the line comes twice: its number says that it is one review
            lines.insert(at, lines[at])
            made = "\n".join(lines) + "\n"
            yield Odd(
                f"damage {seed}: {kind} of line {at}",
                lambda made=made: made.encode(),
                11,
                0,
                stored=whole,
            )
            continue
        yield odd(f"damage {seed}: {kind} of line {at}", "\n".join(lines) + "\n", kept, 1)


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
        stored=[*base(), ("bien", 5, None)],
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
        "a quoted cell of 150,000 lines",
        lambda: good + b'9,"' + b"a\n" * 150_000 + b'",5,,,8,5,\n',
        None,
        None,
        stored=base(),
    )
    yield Odd("1,000,000 blank lines", lambda: good + b"\n" * 1_000_000)
    yield Odd(
        "100,000 lines of one quote", lambda: good + b'"\n' * 100_001, None, None, stored=base()
    )


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
