"""Masking of personal data: precision and recall by kind on generated comments with known answers.

A datum is found if none of its letters or digits is left, and if it is called by its kind;
what is masked beside the planted data is wrong. COMMENTS (4,000) of seed SEED (14). Beside it,
phone numbers as Google's libphonenumber finds them, where `phonenumbers` is installed.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

from benchmarks._personal import KINDS, Comment, comments

Span = tuple[str, int, int]


def ours(text: str) -> list[Span]:
    from satispy.reviews.masking import spans

    return [(span.kind, span.first, span.end) for span in spans(text)]


def libphonenumber(text: str) -> list[Span]:
    import phonenumbers

    found = []
    for match in phonenumbers.PhoneNumberMatcher(text, "FR"):
        found.append(("phone", match.start, match.end))
    return found


def measure(
    look: Callable[[str], list[Span]], made: Iterable[Comment], kinds: Iterable[str]
) -> dict[str, Any]:
    """Of each kind precision and recall, which spellings were missed, and comments a second."""
    kinds = tuple(kinds)
    planted, found, masked, right = (Counter[str]() for _ in range(4))
    missed, wrong = Counter[str](), Counter[str]()
    seconds, count = 0.0, 0
    for comment in made:
        count += 1
        begin = time.process_time()
        spans = look(comment.text)
        seconds += time.process_time() - begin
        for kind, first, end in spans:
            masked[kind] += 1
            hit = any(k == kind and first < e and end > f for k, f, e in comment.planted)
            right[kind] += hit
            if not hit:
                wrong[f"{kind}: {comment.text[first:end]!r}"] += 1
        for (kind, first, end), spelling in zip(comment.planted, comment.spellings, strict=True):
            if kind not in kinds:
                continue
            planted[kind] += 1
            left = [comment.text[at] for at in range(first, end) if not _covered(at, kind, spans)]
            if re.search(r"\w", "".join(left)):
                missed[f"{spelling}: {comment.text[first:end]!r}"] += 1
            else:
                found[kind] += 1
    return {
        "by_kind": {
            kind: {
                "planted": planted[kind],
                "precision": right[kind] / max(1, masked[kind]),
                "recall": found[kind] / max(1, planted[kind]),
            }
            for kind in kinds
        },
        "missed": dict(missed.most_common()),
        "wrong": dict(wrong.most_common()),
        "comments_a_second": round(count / max(seconds, 1e-9)),
    }


def _covered(at: int, kind: str, spans: list[Span]) -> bool:
    return any(k == kind and first <= at < end for k, first, end in spans)


def run() -> dict[str, Any]:
    made = [*comments(int(os.environ.get("COMMENTS", "4000")), int(os.environ.get("SEED", "14")))]
    figures: dict[str, Any] = {"comments": len(made), "ours": measure(ours, made, KINDS)}
    if find_spec("phonenumbers"):
        figures["phonenumbers"] = measure(libphonenumber, made, ("phone",))
    print(f"{len(made):,} generated comments\n")
    print(f"{'':14}{'kind':8}{'planted':>9}{'precision':>11}{'recall':>9}")
    for who, result in figures.items():
        if who == "comments":
            continue
        for kind, of in result["by_kind"].items():
            print(
                f"{who:14}{kind:8}{of['planted']:>9,}{of['precision']:>11.3f}{of['recall']:>9.3f}"
            )
        print(f"{who:14}{result['comments_a_second']:,} comments a second of processor time")
    for what in ("missed", "wrong"):
        shown = list(figures["ours"][what])[:8]
        if shown:
            print(f"\n{what} by ours, for instance:")
            print("\n".join(f"  {each}" for each in shown))
    return figures
