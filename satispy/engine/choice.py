"""Which engine a retrain of so many rows uses: SATISPY_ENGINE, SATISPY_DASK_SCHEDULER."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from satispy.engine.here import Engine, Here
from satispy.settings import Settings

At = Literal["here", "dask"]

#: Rows from which on `auto` takes Dask: what a function of 10 GB reads in its 15 minutes, and a
#: margin (docs/scale.md).
FROM_ROWS: Final = 250_000


def chosen(settings: Settings, rows: int) -> At:
    """`rows`: those that the retrain reads."""
    if settings.engine == "auto":
        return "dask" if rows >= FROM_ROWS else "here"
    return settings.engine


@contextmanager
def connected(settings: Settings, at: At) -> Iterator[Engine]:
    """Workers of our own are gone afterwards; those of a scheduler that was named stay.

    Raises SatispyError where Dask is not installed, or its scheduler does not answer.
    """
    if at == "here":
        yield Here()
        return
    from satispy.engine.workers import Workers  # brings Dask

    with Workers.of(settings) as workers:
        yield workers
