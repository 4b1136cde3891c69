"""Which day is the newest that reviews can tell something about."""

from datetime import date
from typing import Final

import numpy as np

#: Days of counts that insights hold.
YEAR: Final = 366
#: A year of fewer reviews tells nothing.
LEAST_REVIEWS: Final = 20


def newest_day(day: np.ndarray) -> date:
    """The newest whose year, which it ends, holds LEAST_REVIEWS reviews; the newest of all if none
    does. day: the ordinal of each review's day.

    One review typed long after an export would otherwise leave a year with nothing else.
    """
    days = np.sort(day)
    held = np.arange(1, len(days) + 1) - np.searchsorted(days, days - YEAR, side="right")
    telling = days[held >= LEAST_REVIEWS]
    return date.fromordinal(int((telling if len(telling) else days)[-1]))
