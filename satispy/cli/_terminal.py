"""Where the commands of the dataset write: one console, its tables, and moments."""

import datetime as dt
import re
from collections.abc import Container
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from satispy.errors import SatispyError
from satispy.locales.messages import _
from satispy.locales.reader import reader
from satispy.settings import Settings

console = Console()

#: A column of words is folded, and not below this.
_LEAST = 10
_BETWEEN = 2
_AGO = re.compile(r"(\d{1,5})([hdw])")


def moment(at: dt.datetime) -> str:
    """In the setting's time zone: 2026-11-23 14:05:09, in French 23/11/2026 14:05:09"""
    local = at.astimezone(reader().zone)
    year, month, day, time = f"{local:%Y %m %d %H:%M:%S}".split()
    return _("%(year)s-%(month)s-%(day)s %(time)s", year=year, month=month, day=day, time=time)


def point_in_time(given: str, *, end_of_day: bool = False) -> dt.datetime:
    """Of 2026-11-20, its beginning or end in the setting's time zone; 12h, 7d or 4w are as long
    ago. Raises SatispyError."""
    if ago := _AGO.fullmatch(given):
        hours = {"h": 1, "d": 24, "w": 24 * 7}[ago[2]]
        return dt.datetime.now(dt.UTC) - dt.timedelta(hours=int(ago[1]) * hours)
    try:
        found = dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise SatispyError(
            "%(given)r is no time: 2026-11-20, or 12h, 7d, 4w ago", given=given
        ) from error
    if end_of_day and len(given) == len("2026-11-20"):
        found = dt.datetime.combine(found, dt.time.max)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(Settings().timezone))


def table(*names: str, words: Container[str], tags: Container[str] = ()) -> Table:
    """A table whose columns of words are folded where room is short; tags are for copying, and the
    others hold figures."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        if name in words:
            made.add_column(name, overflow="fold")
        else:
            made.add_column(name, justify="left" if name in tags else "right", no_wrap=True)
    return made


def print_table(made: Table, to: Console | None = None) -> None:
    """Print it. Figures are never cut: where they need more room than there is, lines are longer
    than the terminal, which wraps them."""
    to = to or console
    needed = 0
    for column in made.columns:
        widest = max(_width(cell) for cell in (column.header, *column.cells))
        needed += (widest if column.no_wrap else min(widest, _LEAST)) + _BETWEEN
    if needed > to.width:
        made.width = needed
    to.print(made, crop=False)


def _width(cell: object) -> int:
    text = cell.plain if isinstance(cell, Text) else Text.from_markup(str(cell)).plain
    return max(map(cell_len, text.splitlines() or [""]))
