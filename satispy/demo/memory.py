"""Peak memory of a process tree, sampled while something runs."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

import psutil


class PeakMemory:
    """Samples the sum of the resident memory of some processes and all below them.

    Pages that processes share are counted once for each, so the figure errs on the high side.
    """

    def __init__(self, roots: Callable[[], Iterable[int]], every: float = 0.5) -> None:
        self.peak_mb = 0.0
        self._roots, self._every = roots, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="peak-memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.is_set():
            self.peak_mb = max(self.peak_mb, resident_mb(self._roots()))
            self._stop.wait(self._every)


def resident_mb(roots: Iterable[int]) -> float:
    """Resident memory of these processes and all below them, each counted once, in MB."""
    sizes: dict[int, int] = {}
    for pid in roots:
        try:
            root = psutil.Process(pid)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in tree:
            try:
                sizes[process.pid] = process.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # it ended between the listing and the reading
    return sum(sizes.values()) / 1e6
