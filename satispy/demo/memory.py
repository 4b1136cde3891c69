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
        self.at_peak: dict[str, float] = {}
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
            sizes = resident_mb(self._roots())
            if (total := sum(sizes.values())) > self.peak_mb:
                self.peak_mb, self.at_peak = total, sizes
            self._stop.wait(self._every)


def resident_mb(roots: Iterable[int]) -> dict[str, float]:
    """Resident memory, in MB, of these processes and all below them, by what they run."""
    sizes: dict[int, tuple[str, int]] = {}
    for pid in roots:
        try:
            root = psutil.Process(pid)
            tree = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in tree:
            try:
                sizes[process.pid] = title(process.cmdline()), process.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # it ended between the listing and the reading
    by_title: dict[str, float] = {}
    for name, size in sizes.values():
        by_title[name] = by_title.get(name, 0) + size / 1e6
    return by_title


def title(command: list[str]) -> str:
    """What a command line runs: the module after -m, or the handler of a function."""
    words = [word for word in command[1:] if not word.startswith("-")]
    if words[:1] == ["awslambdaric"]:
        words = words[1:]
    return words[0] if words else " ".join(command[:1])
