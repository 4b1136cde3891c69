"""Exports of known tools, as they come and as other programs save them again."""

import csv
import gzip
import io
from collections.abc import Iterator

from benchmarks._export_rows import ROWS
from benchmarks._odd import Odd, Said, odd

SAVED = {
    "as it comes": ("utf-8", ",", "\n"),
    "saved by Excel": ("cp1252", ";", "\r\n"),
    "saved by Excel as Unicode": ("utf-16", "\t", "\r\n"),
    "saved on a Mac": ("mac-roman", ";", "\r"),
}


def files() -> Iterator[Odd]:
    for name, (header, row, stored) in ROWS.items():
        names, cells = next(csv.reader([header])), next(csv.reader([row]))
        for how, (codec, separator, end) in SAVED.items():
            made = _written([names, cells], separator, end).encode(codec)
            yield odd(f"{name}, {how}", made, [stored])
        shouted = [each.upper() for each in names]
        made = "\ufeffExport;;\r\n\r\n" + _written([shouted, cells], ";", "\r\n")
        yield odd(f"{name}, under a title, in capitals", made, [stored])
        turned = [names[::-1], cells[::-1]]
        yield odd(f"{name}, its columns turned round", _written(turned, ",", "\n"), [stored])
        yield _packed(name, _written([names, cells], ",", "\n"), stored)


def _packed(name: str, made: str, stored: Said) -> Odd:
    packed = gzip.compress(made.encode())
    return Odd(f"{name}, packed", lambda: packed, 1, 0, ending=".csv.gz", stored=[stored])


def _written(lines: list[list[str]], separator: str, end: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(lines)
    return out.getvalue()
