"""Every refusal of the service as a problem (satispy/problems.py)."""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from starlette.responses import Response

from satispy.errors import NoModel, NotFound, RequestRefused, SatispyError, TooLarge
from satispy.problems import MEDIA_TYPE, FieldProblem, Problem

#: More would tell the sender nothing new.
MAX_ERRORS = 20
#: What a pattern means, which few can read.
NOT_LIKE_THIS = {
    "text": "it has a control character; of these only tabs and line ends may stand in a text",
    "version": "versions are named as GET /models lists them, such as v00003-1f2e3d4c",
}

P = ParamSpec("P")
R = TypeVar("R")


def problem(
    status: int,
    name: str,
    detail: str,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = Problem.named(status, name, detail, errors).body()
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


def of_error(error: SatispyError) -> Response:
    match error:
        case NoModel():
            return problem(503, "no-model", str(error), headers={"Retry-After": "5"})
        case NotFound():
            return problem(404, "not-found", str(error))
        case RequestRefused():
            return problem(422, "invalid", str(error))
        case TooLarge():
            return problem(413, "too-large", str(error))
        case _:
            return problem(500, "internal", "The service failed to answer; its log says why.")


def answered(
    method: Callable[P, Awaitable[R]],
) -> Callable[P, Awaitable[R | Response]]:
    """Our own errors become problems here; BentoML would hide what a 503 has to say."""

    @wraps(method)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        try:
            return await method(*args, **kwargs)
        except SatispyError as error:
            return of_error(error)

    return answer


def of_bentoml(status: int, body: bytes) -> Response:
    """What BentoML answers to a bad request or a failure, as a problem."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    details = said.get("detail")
    if status == 400 and isinstance(details, list):
        if any(entry.get("type") == "json_invalid" for entry in details):
            return problem(400, "not-json", f"The body is not JSON. {details[0].get('msg', '')}")
        errors = [_field(entry) for entry in details[:MAX_ERRORS]]
        first = f"{errors[0].pointer or 'The body'}: {errors[0].detail}"
        more = f" ({len(details) - 1} more)" if len(details) > 1 else ""
        return problem(422, "invalid", first + more, errors)
    if status >= 500:
        return problem(status, "internal", "The service failed to answer; its log says why.")
    return problem(status, "refused", str(said.get("error", HTTPStatus(status).phrase)))


def _field(entry: dict[str, Any]) -> FieldProblem:
    pointer = "".join(f"/{part}" for part in entry.get("loc", ()))
    if entry.get("type") == "string_pattern_mismatch":
        detail = NOT_LIKE_THIS["version" if pointer == "/version" else "text"]
    else:
        # Pydantic's way to say that a check of ours failed; the check speaks for itself.
        detail = str(entry.get("msg", "")).removeprefix("Value error, ")
    return FieldProblem(pointer=pointer, detail=detail)
