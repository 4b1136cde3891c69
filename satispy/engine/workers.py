"""Partitions on workers of Dask: those of a scheduler, or of a cluster of our own on this machine.

A worker that is lost costs the partitions that it had: they are done again elsewhere. A scheduler
that is lost costs the step, which is tried again from what it has stored.
"""

import errno
import json
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from threadpoolctl import threadpool_limits

from satispy.engine.here import ARITY, Found, Item, Tell
from satispy.engine.worker import SCHEDULER
from satispy.errors import EngineLost, SatispyError
from satispy.settings import Settings
from satispy.storage import Store

try:
    import dask
    from distributed import Client, Future, LocalCluster, as_completed
    from distributed.client import ClosedClientError, FutureCancelledError, FuturesCancelledError
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
#: For the first worker to come, where others start them.
WORKERS_WITHIN: Final = 900
#: Before the port of a scheduler of our own, in SATISPY_DASK_SCHEDULER.
_OWN: Final = "tcp://:"
#: How often a partition is tried again whose function failed, by a disk or a store that did.
RETRIES: Final = 1


class Workers:
    """An Engine on the workers that a client of Dask reaches."""

    def __init__(self, client: Client, cluster: LocalCluster | None = None) -> None:
        self.client = client
        self.cluster = cluster
        #: The store that says where our scheduler is.
        self._announced: Store | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of SATISPY_DASK_SCHEDULER; without one, of this machine and gone at the end."""
        # What a partition gives is small, and what is shared lies in the store.
        dask.config.set({"distributed.comm.timeouts.connect": ANSWERS_WITHIN})
        if settings.dask_scheduler.startswith(_OWN):
            return cls._led(settings)
        if settings.dask_scheduler:
            try:
                return cls(Client(settings.dask_scheduler, timeout=ANSWERS_WITHIN))
            except OSError as error:
                raise EngineLost(
                    "no scheduler of Dask answers at %(dask_scheduler)s: start it, or unset "
                    "SATISPY_DASK_SCHEDULER for workers on this machine",
                    dask_scheduler=settings.dask_scheduler,
                ) from error
        cluster = LocalCluster(
            n_workers=settings.dask_workers,
            threads_per_worker=1,
            memory_limit=f"{settings.dask_worker_mb}MiB",
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )
        return cls(Client(cluster), cluster)

    @classmethod
    def _led(cls, settings: Settings) -> Self:
        """A scheduler of our own, for workers that other machines start: the bucket says where."""
        host = _own_address()
        port = int(settings.dask_scheduler.removeprefix(_OWN))
        cluster = LocalCluster(
            n_workers=0, host=host, scheduler_port=port, dashboard_address="127.0.0.1:0"
        )
        client = Client(cluster)
        store = Store.bucket(settings)
        store.write(SCHEDULER, json.dumps({"address": cluster.scheduler_address}).encode())
        try:
            client.wait_for_workers(1, timeout=WORKERS_WITHIN)
        except TimeoutError as error:
            cluster.close()
            raise EngineLost(
                "no worker has come within %(workers_within)s s: is there capacity for them?",
                workers_within=WORKERS_WITHIN,
            ) from error
        found = cls(client, cluster)
        found._announced = store
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._announced is not None and self._announced.exists(SCHEDULER):
            self._announced.delete(SCHEDULER)
        try:
            self.client.close()
            if self.cluster is not None:
                self.cluster.close()
        except TimeoutError:  # on a busy machine; what is done is done, and they end with us
            log.warning("the workers take long to end")

    def map(
        self,
        function: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
        first: bool = False,
    ) -> list[Found]:
        with _told():
            futures = self._started(function, items, shared, tell, priority=int(first))
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
        priority: int = 0,
    ) -> list[Future]:
        """Done, where somebody wants to be told of them; else under way."""
        how = {"pure": False, "retries": RETRIES, "priority": priority}
        futures = [
            self.client.submit(_by_one_thread, function, item, *shared, **how) for item in items
        ]
        if tell is not None:
            for done, _ in enumerate(as_completed(futures), 1):
                tell(done, len(futures))
        return futures


def _by_one_thread(function: Callable[..., Found], *arguments: Any) -> Found:
    """A sum by two threads has other last digits: workers have one, however they were started."""
    with threadpool_limits(1):
        return function(*arguments)


def _own_address() -> str:
    """Of this machine, as others in its network reach it. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with workers, in one line."""
    try:
        yield
    except SatispyError:
        raise
    except KilledWorker as error:
        raise SatispyError(
            "%(task)s took its worker down %(allowed_failures)s times: most likely it"
            " ran out of memory. Give workers more (SATISPY_DASK_WORKER_MB, or "
            "--memory-limit), or let a retrain read fewer rows "
            "(SATISPY_MAX_TRAINING_ROWS)",
            task=error.task,
            allowed_failures=error.allowed_failures + 1,
        ) from error
    except (
        ClosedClientError,
        FutureCancelledError,
        FuturesCancelledError,
        CommClosedError,
    ) as error:
        raise EngineLost("the scheduler of Dask is gone: %(error)s", error=error) from error
    except MemoryError as error:
        raise SatispyError(
            "a worker is out of memory: give it more (SATISPY_DASK_WORKER_MB), or let a retrain"
            " read fewer rows (SATISPY_MAX_TRAINING_ROWS)"
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SatispyError(
                "the disk of a worker is full (%(filename)s): about 1.5 kB a review are "
                "needed; free some, or point TMPDIR elsewhere",
                filename=error.filename or "its scratch folder",
            ) from error
        if isinstance(error, TimeoutError | ConnectionError):
            raise EngineLost("the scheduler of Dask is gone: %(error)s", error=error) from error
        raise
