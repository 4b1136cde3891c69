"""An engine maps a function over partitions, and reduces what it gives. This one: here, in turn."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Found = TypeVar("Found")

#: How many pieces are combined at once, on each level of the tree of a reduction.
ARITY = 4

#: Is told how many partitions are done, and of how many.
Tell = Callable[[int, int], None]


class Engine(Protocol):
    """Functions, items and results travel: functions by name, the others pickled."""

    def map(
        self,
        function: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
        first: bool = False,
    ) -> list[Found]:
        """`function(item, *shared)` of each, in their order; `first`: before others that wait.

        A function may be called again for an item whose worker was lost, so it writes the same
        under the same names. Raises SatispyError where workers run out of memory or disk.
        """
        ...

    def reduce(
        self,
        function: Callable[..., Found],
        combine: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
    ) -> Found:
        """What `combine` makes of all `function(item, *shared)`: of ARITY neighbours at a time, in
        their order, so that sums of floating-point numbers are the same wherever they are added."""
        ...


class Here:
    """In this process, one partition after the other."""

    def map(
        self,
        function: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
        first: bool = False,
    ) -> list[Found]:
        found = []
        with threadpool_limits(1):  # as workers have: a sum by two threads has other last digits
            for done, item in enumerate(items, 1):
                found.append(function(item, *shared))
                if tell is not None:
                    tell(done, len(items))
        return found

    def reduce(
        self,
        function: Callable[..., Found],
        combine: Callable[..., Found],
        items: Sequence[Item],
        *shared: Any,
        tell: Tell | None = None,
    ) -> Found:
        level = self.map(function, items, *shared, tell=tell)
        while len(level) > 1:
            level = [combine(*level[at : at + ARITY]) for at in range(0, len(level), ARITY)]
        return level[0]
