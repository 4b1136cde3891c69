"""The REST API under schemathesis, in every role: no 5xx, nothing undocumented, no right exceeded.

Options (environment): CASES (1200 for each role), SEED (1).
"""

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.rest.openapi import document
from satispy.reviews import inbox, merge_upload
from satispy.storage import Store
from tests.functions.rest import PASSWORDS, Rest, basic

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
ROLES = {"nobody": None, "user": "anne", "admin": "root"}


def fuzz(rest: Rest, role: str, cases: int, seed: int) -> tuple[int, Counter[int], list[str]]:
    """Send cases in the role; answers how many, the statuses, and what was wrong."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", rest.wsgi)
    operations = [found.ok() for found in schema.get_all_operations()]
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    name = ROLES[role]
    headers = {"Authorization": basic(name, PASSWORDS[name])} if name else {}
    for operation in operations:

        def check(case: Any) -> None:
            before = len(rest.signed), len(rest.retrained), len(rest.store.list("inbox"))
            # schemathesis makes credentials up as well: the role of this run replaces them.
            sent = {k: v for k, v in (case.headers or {}).items() if k.lower() != "authorization"}
            case.headers = {**sent, **headers}
            answer = case.call()
            statuses[answer.status_code] += 1
            after = len(rest.signed), len(rest.retrained), len(rest.store.list("inbox"))
            if role != "admin" and after[:2] != before[:2]:
                faults.append(f"{role} did what only an admin may: {case.as_curl_command()}")
            if role == "nobody" and after != before:
                faults.append(f"nobody changed something: {case.as_curl_command()}")
            try:
                case.validate_response(answer, checks=CHECKS)
            except (AssertionError, BaseExceptionGroup) as wrong:
                faults.append(f"{role}: {str(wrong)[:500]}")

        strategy = hypothesis.strategies.one_of(
            operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode
        )
        _run(strategy, check, -(-cases // len(operations)), seed)
    return sum(statuses.values()), statuses, faults


def _run(strategy: Any, check: Callable[[Any], None], cases: int, seed: int) -> None:
    test = hypothesis.given(strategy)(check)
    test = hypothesis.settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )(test)
    hypothesis.seed(seed)(test)()


def run() -> dict[str, Any]:
    cases, seed = int(os.environ.get("CASES", "1200")), int(os.environ.get("SEED", "1"))
    figures: dict[str, Any] = {"cases": 0, "faults": 0, "roles": {}}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack():
        rest = Rest(Store.folder(Path(folder)))
        assert document()
        for role in ROLES:
            sent, statuses, faults = fuzz(rest, role, cases, seed)
            shown = ", ".join(f"{n} × {status}" for status, n in sorted(statuses.items()))
            print(f"{role:8} {sent:5} cases: {shown}; {len(faults)} faults")
            for fault in list(dict.fromkeys(faults))[:5]:
                print(f"    {fault}")
            figures["cases"] += sent
            figures["faults"] += len(faults)
            figures["roles"][role] = dict(statuses)
        accepted = sum(len(post.reviews) for post in _waiting(rest.store))
        found = 0
        while key := inbox.gather(rest.store):
            receipt = merge_upload(rest.store, key)
            found += receipt.added + receipt.duplicate
        print(f"{accepted} reviews were answered with 202; {found} were merged")
        figures |= {"accepted": accepted, "merged": found}
    return figures


def _waiting(store: Store) -> list[inbox.Post]:
    return [inbox.Post.model_validate_json(store.read(entry.key)) for entry in store.list("inbox")]
