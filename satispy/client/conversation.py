"""One question to the service, retries included, without any input or output of its own.

A conversation is a generator: it yields a request to send or seconds to wait, is sent the response
or the transport's exception, and returns the good response. `Client` and `AsyncClient` drive it.
"""

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError

from satispy.client.types import MAX_TEXTS
from satispy.errors import NoModel, NotFound, RequestRefused, SatispyError, ServiceUnreachable
from satispy.problems import Problem

Said = httpx.Response | httpx.TransportError | None
Conversation = Generator[httpx.Request | float, Said, httpx.Response]

#: Predictions change nothing on the service, so asking again is always safe.
PASSING = frozenset({429, 502, 503, 504})
#: Keeps a request well below the service's 1 MB.
MAX_CHARACTERS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Patience:
    """How often to ask again, and how long to wait before: 0.1, 0.2, 0.4 s … with jitter."""

    retries: int = 5
    first_wait: float = 0.1
    longest_wait: float = 5.0

    def seconds(self, attempt: int, response: httpx.Response | None) -> float:
        asked = (response.headers.get("retry-after") or "") if response is not None else ""
        wait = min(self.first_wait * 2.0**attempt, self.longest_wait)
        # Jitter: a hundred clients that were refused together must not come back together.
        wait *= random.uniform(0.5, 1.0)  # noqa: S311  not a secret
        return max(wait, min(float(asked), self.longest_wait)) if asked.isdigit() else wait


def ask(request: httpx.Request, patience: Patience) -> Conversation:
    attempt = 0
    while True:
        said = yield request
        if isinstance(said, httpx.Response):
            if said.is_success:
                return said
            error = _error(said)
            if said.status_code not in PASSING or isinstance(error, NoModel):
                raise error
        else:
            error = ServiceUnreachable(
                "%(copy_with)s does not answer (%(said)s). Is the service up? `satispy "
                "status` tells.",
                copy_with=request.url.copy_with(path="/", query=None),
                said=said,
            )
        if attempt >= patience.retries:
            raise error
        yield patience.seconds(attempt, said if isinstance(said, httpx.Response) else None)
        attempt += 1


def _error(response: httpx.Response) -> SatispyError:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        problem = Problem(
            type="about:blank",
            title=response.reason_phrase,
            status=response.status_code,
            detail=f"{response.url} answered {response.status_code} {response.reason_phrase}",
        )
    kind = problem.type.rpartition(":")[2]
    if kind == "no-model":
        return NoModel(problem.detail)
    if kind == "not-found":
        return NotFound(problem.detail)
    if response.status_code in PASSING or response.status_code >= 500:
        return ServiceUnreachable(problem.detail)
    return RequestRefused(problem.detail)


def parts(texts: Sequence[str]) -> Generator[list[str], None, None]:
    """The texts in requests that the service takes, in order."""
    part: list[str] = []
    characters = 0
    for text in texts:
        if part and (len(part) == MAX_TEXTS or characters + len(text) > MAX_CHARACTERS_AT_ONCE):
            yield part
            part, characters = [], 0
        part.append(text)
        characters += len(text)
    if part:
        yield part


def path(aspects: bool) -> str:
    return "/predict?aspects=1" if aspects else "/predict"


def body(**fields: Any) -> dict[str, Any]:
    """What was given, without what was left out."""
    return {name: value for name, value in fields.items() if value}
