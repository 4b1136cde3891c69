"""Partitions on workers of Dask: those of a scheduler, or of a cluster of our own on this machine.

A worker that is lost costs the partitions that it had: they are done again elsewhere. A scheduler
that is lost costs the step, which is tried again from what it has stored.
"""

import errno
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from satispy.engine.here import ARITY, Found, Item, Tell
from satispy.errors import EngineLost, SatispyError
from satispy.settings import Settings

try:
    import dask
    from distributed import Client, Future, LocalCluster, as_completed
    from distributed.comm import CommClosedError
    from distributed.scheduler import KilledWorker
except ImportError as error:  # another image, or an environment of the app alone
    raise SatispyError(
        "Dask is not installed here: pip install --require-hashes -r requirements/scale.txt, or"
        " SATISPY_ENGINE=here"
    ) from error

log = logging.getLogger(__name__)

#: For a scheduler to answer, in seconds.
ANSWERS_WITHIN: Final = 60
#: How often a partition is tried again whose function failed, by a disk or a store that did.
RETRIES: Final = 1


class Workers:
    """An Engine on the workers that a client of Dask reaches."""

    def __init__(self, client: Client, cluster: LocalCluster | None = None) -> None:
        self.client = client
        self.cluster = cluster

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of SATISPY_DASK_SCHEDULER; without one, of this machine and gone at the end."""
        # What a partition gives is small, and what is shared lies in the store.
        dask.config.set({"distributed.comm.timeouts.connect": ANSWERS_WITHIN})
        if settings.dask_scheduler:
            try:
                return cls(Client(settings.dask_scheduler, timeout=ANSWERS_WITHIN))
            except OSError as error:
                raise EngineLost(
                    f"no scheduler of Dask answers at {settings.dask_scheduler}: start it, or unset"
                    " SATISPY_DASK_SCHEDULER for workers on this machine"
                ) from error
        cluster = LocalCluster(
            n_workers=settings.dask_workers,
            threads_per_worker=1,
            memory_limit=f"{settings.dask_worker_mb}MiB",
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )
        return cls(Client(cluster), cluster)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()

    def map(
        self,
        function: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
    ) -> list[Found]:
        with _told():
            futures = self._started(function, items, shared, tell)
            return list(self.client.gather(futures))

    def reduce(
        self,
        function: Callable[..., Found],
        combine: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
    ) -> Found:
        with _told():
            level = self._started(function, items, shared, tell)
            while len(level) > 1:
                level = [
                    self.client.submit(combine, *level[at : at + ARITY], pure=False)
                    for at in range(0, len(level), ARITY)
                ]
            found: Found = level[0].result()
            return found

    def _started(
        self,
        function: Callable[..., Any],
        items: Sequence[Any],
        shared: Sequence[Any],
        tell: Tell | None,
    ) -> list[Future]:
        """Done, where somebody wants to be told of them; else under way."""
        futures = [
            self.client.submit(function, item, *shared, pure=False, retries=RETRIES)
            for item in items
        ]
        if tell is not None:
            for done, _ in enumerate(as_completed(futures), 1):
                tell(done, len(futures))
        return futures


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with workers, in one line."""
    try:
        yield
    except SatispyError:
        raise
    except KilledWorker as error:
        raise SatispyError(
            f"{error.task} took its worker down {error.allowed_failures + 1} times: most likely it"
            " ran out of memory. Give workers more (SATISPY_DASK_WORKER_MB, or --memory-limit), or"
            " let a retrain read fewer rows (SATISPY_MAX_TRAINING_ROWS)"
        ) from error
    except MemoryError as error:
        raise SatispyError(
            "a worker is out of memory: give it more (SATISPY_DASK_WORKER_MB), or let a retrain"
            " read fewer rows (SATISPY_MAX_TRAINING_ROWS)"
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SatispyError(
                f"the disk of a worker is full ({error.filename or 'its scratch folder'}): about"
                " 2.5 kB a review are needed; free some, or point TMPDIR elsewhere"
            ) from error
        if isinstance(error, CommClosedError | TimeoutError | ConnectionError):
            raise EngineLost(f"the scheduler of Dask is gone: {error}") from error
        raise
