"""The day a cell names, however it is written. Day first or month first: the column decides."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from satispy.plain_text import unaccented

Order = Literal["day-first", "month-first", "mixed"]

#: Forms that are read, for who must mend a cell.
FORMS: Final = "27/07/2020, 2020-07-27, 2020-07-27 14:05, 27 juillet 2020, 1595808000"

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH: Final = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY: Final = (
    r"(?:(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
)
_CLOCK: Final = (
    r"(?:(?:\s*,?\s+|\s*t\s*)(?:(?:a|at|-)\s+)?(\d{1,2})\s?[:h]\s?(\d{2})(?:\s?[:m]\s?(\d{2})"
    r"(?:[.,]\d{1,9})?)?s?\s*([ap])?(?:\.?m\.?)?\s*"
    r"(z|(?:utc|gmt)?\s?[+-]\d{2}:?\d{2}|utc|gmt)?(?:\s*\([a-z\s]*\))?)?"
)
# « Commenté en France le 11 mars 2024 »
_LED: Final = r"(?:[a-z' ,]{0,60}\b(?:le|du|on|date)\s*:?\s+)?"
_ISO: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_NUMERIC: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|(?<!-)\d{2})" + _CLOCK, re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})" + _CLOCK, re.ASCII)
_DAY_MONTH: Final = re.compile(
    _LED
    + _WEEKDAY
    + r"(\d{1,2})(?:er|st|nd|rd|th)?[\s.-]+"
    + _MONTH
    + r",?[\s.-]+(\d{4})"
    + _CLOCK,
    re.ASCII,
)
_MONTH_DAY: Final = re.compile(
    _LED + _WEEKDAY + _MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _CLOCK, re.ASCII
)
_DAYS: Final = re.compile(r"(\d{5})(?:[.,](\d{1,15}))?", re.ASCII)
_SECONDS: Final = re.compile(r"(\d{10})(?:[.,]\d{1,9})?", re.ASCII)
_MILLISECONDS: Final = re.compile(r"(\d{13})(?:[.,]0*)?", re.ASCII)
#: What spreadsheets and databases show of a date that is 0.
_ZERO: Final = re.compile(
    r"0(?:[.,]0+)?|(?:00?/0?1|0?1/00?|00?/00?)/1900|0000[-/]00[-/]00.*|00?/00?/0{2,4}|"
    r"1900-0[01]-00.*|(?:3[01]/12|12/3[01])/1899.*|1899-12-3[01].*",
    re.ASCII,
)
_EXCEL_EPOCH: Final = dt.datetime(1899, 12, 30)
_LONGEST: Final = 120


class NoSuchDay(ValueError):
    """The text names no day."""


class TwoReadings(ValueError):
    """The text names a day either way, and its column is written in both."""


@dataclass(frozen=True)
class Census:
    """How the numeric dates of a column are written: how many only make sense day first, month
    first, and how many either way (05/05 counts nowhere)."""

    day: int = 0
    month: int = 0
    either: int = 0

    def __add__(self, other: "Census") -> "Census":
        return Census(self.day + other.day, self.month + other.month, self.either + other.either)

    @property
    def order(self) -> Order:
        """Day first unless the column says otherwise. A twentieth is put down to typing errors;
        beyond it, what could be read both ways is read neither way."""
        less, more = sorted((self.day, self.month))
        if less and less * 20 > more:
            return "mixed"
        return "month-first" if self.month > self.day else "day-first"


def count(cells: Iterable[tuple[str, int]], today: str = "9999") -> Census:
    """Look at the cells of a column, each with how often it stands there."""
    day = month = either = 0
    for text, times in cells:
        match = _NUMERIC.fullmatch(_plain(text)) if len(text) <= _LONGEST else None
        if not match:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 and 1 <= second <= 12:
            day += times
        elif second > 12 and 1 <= first <= 12:
            month += times
        elif 1 <= first <= 12 and 1 <= second <= 12 and first != second:
            year = _year(match[4])
            # A day still to come is no day on which a review was written.
            if f"{year:04d}-{second:02d}-{first:02d}" <= today:
                either += times
            elif f"{year:04d}-{first:02d}-{second:02d}" <= today:
                month += times
            else:
                either += times
    return Census(day, month, either)


def day_of(typed: str) -> dt.date | None:
    """What somebody typed for a day; None for nothing. Raises NoSuchDay."""
    read = canonical_date(typed) if typed.strip() else None
    return dt.date.fromisoformat(read[:10]) if read else None


def canonical_date(text: str, order: Order = "day-first") -> str | None:
    """`2021-06-20`, or with its time in UTC when it has one other than midnight; None for what a
    program shows of no date. Raises NoSuchDay, TwoReadings."""
    text = text.strip()
    if len(text) > _LONGEST:  # it is remembered, and may be a whole comment
        raise NoSuchDay(text[:_LONGEST])
    return _canonical(text, order)


@lru_cache(maxsize=8192)
def _canonical(text: str, order: Order) -> str | None:
    try:
        moment = _moment(text, order)
    except (OverflowError, ValueError) as error:
        if isinstance(error, NoSuchDay | TwoReadings):
            raise
        raise NoSuchDay(text) from error
    if moment is None:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(dt.UTC)
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _moment(text: str, order: Order) -> dt.datetime | None:
    if _ZERO.fullmatch(text):
        return None
    if _ISO.fullmatch(text):
        return dt.datetime.fromisoformat(text)
    text = _plain(text)
    if match := _NUMERIC.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if order == "mixed" and first <= 12 and second <= 12 and first != second:
            raise TwoReadings(text)
        month_first = order == "month-first" or (order == "mixed" and second > 12)
        day, month = (second, first) if month_first else (first, second)
        return _at(_year(match[4]), month, day, match.groups()[4:])
    if match := _YEAR_FIRST.fullmatch(text):
        return _at(int(match[1]), int(match[3]), int(match[4]), match.groups()[4:])
    if match := _DAY_MONTH.fullmatch(text):
        return _at(int(match[3]), _MONTHS[match[2]], int(match[1]), match.groups()[3:])
    if match := _MONTH_DAY.fullmatch(text):
        return _at(int(match[3]), _MONTHS[match[1]], int(match[2]), match.groups()[3:])
    return _counted(text)


def _counted(text: str) -> dt.datetime:
    """Days since Excel's epoch, seconds or milliseconds since that of Unix."""
    if match := _DAYS.fullmatch(text):
        if not 25_569 <= int(match[1]) <= 73_050:  # 1970 to 2099
            raise NoSuchDay(text)
        days = float(text.replace(",", "."))
        return _EXCEL_EPOCH + dt.timedelta(seconds=round(days * 86_400))
    for form, unit in ((_SECONDS, 1), (_MILLISECONDS, 1000)):
        if match := form.fullmatch(text):
            return dt.datetime.fromtimestamp(int(match[1]) // unit, dt.UTC)
    raise NoSuchDay(text)


def _at(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> dt.datetime:
    hour, minute, second, half, zone = clock
    if hour is None:
        return dt.datetime(year, month, day)
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise NoSuchDay(f"{hour} {half}m")
        hours = hours % 12 + (12 if half == "p" else 0)
    return dt.datetime(
        year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=_zone(zone)
    )


def _zone(zone: str | None) -> dt.timezone | None:
    if zone is None:
        return None
    match = re.search(r"([+-])(\d{2}):?(\d{2})", zone)
    if not match:
        return dt.UTC
    offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
    return dt.timezone(-offset if match[1] == "-" else offset)


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _plain(text: str) -> str:
    return " ".join(unaccented(text.replace("’", "'")).casefold().split())
