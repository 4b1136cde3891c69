"""Numbers and dates as the reader writes them, by the Unicode CLDR."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from babel import dates, numbers

from satispy.locales.messages import _, ngettext
from satispy.locales.reader import reader

#: Between a number and its unit; it keeps both on one line.
NARROW_SPACE = "\u202f"


def percent(share: float, digits: int = 1) -> str:
    """0.8984 → 89,8 %"""
    pattern = reader().locale.percent_formats[None].pattern
    return numbers.format_percent(
        share, pattern.replace("0", _digits(digits)), locale=reader().locale
    )


def percent_sign() -> str:
    """What follows a number of percent, with its space."""
    return percent(0, 0).removeprefix("0")


def points(change: float) -> str:
    """A difference of two shares, signed, in percentage points: 0.0042 → +0,4 pt"""
    rounded = Decimal(str(change * 100)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return f"{sign}{decimal(abs(rounded), 1)}{NARROW_SPACE}pt"


def decimal(value: float | Decimal, digits: int = 3) -> str:
    """0.8984 → 0,898"""
    return numbers.format_decimal(value, f"#,##{_digits(digits)}", locale=reader().locale)


def signed(value: float | Decimal, digits: int = 3) -> str:
    """0.0042 → +0,004"""
    pattern = f"#,##{_digits(digits)}"
    return numbers.format_decimal(value, f"+{pattern};-{pattern}", locale=reader().locale)


def count(number: float) -> str:
    """15703 → 15 703"""
    return numbers.format_decimal(number, locale=reader().locale)


def duration(seconds: float) -> str:
    """7.42 → 7,4 s; 75 → 1 min 15 s"""
    if seconds < 59.95:
        return f"{decimal(seconds, 1)}{NARROW_SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{NARROW_SPACE}min {rest:02d}{NARROW_SPACE}s"


def pause(seconds: int) -> str:
    """95 → 95 secondes, 600 → 10 minutes; never less than it is."""
    if seconds < 120:
        return ngettext("%(num)s seconde", "%(num)s secondes", seconds)
    return ngettext("%(num)s minute", "%(num)s minutes", -(-seconds // 60))


def moment(when: datetime) -> str:
    """In the setting's time zone: 23 nov. 2026, 14:05"""
    local = when.astimezone(reader().zone)
    time = dates.format_time(local, "short", locale=reader().locale, tzinfo=reader().zone)
    return f"{day(local)}, {time}"


def day(when: date) -> str:
    """23 nov. 2026"""
    return dates.format_date(when, "medium", locale=reader().locale)


def month(when: date) -> str:
    """nov. 2026"""
    return dates.format_skeleton("yMMM", when, locale=reader().locale)


def ranged(low: str, high: str) -> str:
    """Of two numbers that are written already, kept on one line: 1,2 à 3,4"""
    return _("%(low)s\u00a0à\u00a0%(high)s", low=low, high=high)


def list_separator() -> str:
    """Between the cells of a CSV that a spreadsheet in this language opens as a table."""
    comma_is_taken = numbers.get_decimal_symbol(reader().locale) == ","
    return ";" if comma_is_taken else ","


def _digits(digits: int) -> str:
    return "0." + "0" * digits if digits else "0"
