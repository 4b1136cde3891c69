"""Cells that a spreadsheet would run are written with an apostrophe before them.

`restored(safe(cell))` is the cell, whatever it is: one apostrophe is put and one is taken.
"""

import re

#: What spreadsheets begin a formula with; the wide signs are for Japanese ones.
_RUNS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def safe(cell: str) -> str:
    return f"'{cell}" if _RUNS.match(cell) else cell


def restored(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _RUNS.match(cell) else cell
