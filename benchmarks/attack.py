"""Attacks on a stack that is up, as a web page, a program, another admin and another user.

On loopback only. « Through » is decided by the effect (an object that is there afterwards), or by
an answer that a stranger must not get. ATTACK_ROOT=folder attacks another checkout of satispy, with
its own environments; ATTACK_HOME=folder the stack that is up there. As root, another user attacks
as well.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from benchmarks import _attack_app, _attack_pages, _attack_programs, _attack_user
from benchmarks._attack_target import Attempt, Target, target
from infra import browser


def run() -> dict[str, object]:
    with target() as stack:
        return attack(stack)


def attack(stack: Target, most_of_a_kind: int | None = None) -> dict[str, object]:
    """Make the attempts, at most so many of each kind, and print what got through."""
    tried: Counter[str] = Counter()
    through: Counter[str] = Counter()
    with ExitStack() as open_:
        for attempt in _all(stack, open_):
            if most_of_a_kind is not None and tried[attempt.kind] >= most_of_a_kind:
                continue
            tried[attempt.kind] += 1
            if (what := attempt.strike()) is not None:
                through[attempt.kind] += 1
                print(f"THROUGH  {attempt.kind}: {attempt.name}: {what}")
    print(f"\n{'':28}{'tried':>7}{'through':>9}")
    for kind, count in tried.items():
        print(f"{kind:28}{count:7}{through[kind]:9}")
    print(f"{'all':28}{tried.total():7}{through.total():9}")
    return {
        "attempts": tried.total(),
        "through": through.total(),
        "by_kind": {
            kind: {"attempts": count, "through": through[kind]} for kind, count in tried.items()
        },
    }


def _all(stack: Target, open_: ExitStack) -> Iterator[Attempt]:
    parts: list[Iterable[Attempt]] = [
        _attack_programs.attempts(stack),
        open_.enter_context(_attack_app.app(stack)),
    ]
    if _attack_user.possible():
        parts.append(_attack_user.attempts(stack))
    else:
        print("Not root: nobody attacks as another user")
    if browser.starts():
        parts.append(open_.enter_context(_attack_pages.pages(stack)))
    else:
        print("No Chromium: no page attacks")
    return itertools.chain(*parts)
