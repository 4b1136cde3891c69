"""What every answer of the service has in common: problem details, and headers for browsers."""

from collections.abc import Callable

from starlette.types import Message, Receive, Scope, Send

from bentos.problems import of_bentoml
from satispy.problems import MEDIA_TYPE
from satispy.same_origin import PROTECTION

_PROTECTION = [(name.lower().encode(), value.encode()) for name, value in PROTECTION.items()]
#: What a program reads is not shown: each further header costs the busiest answers microseconds.
_OF_DATA = [
    pair for pair in _PROTECTION if pair[0] in (b"x-content-type-options", b"x-frame-options")
]
_PROBLEM = MEDIA_TYPE.encode()


def protected(send: Send) -> Send:
    """A `send` whose answers no page frames and no browser takes for another type."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_PROTECTION]
        await send(message)

    return with_headers


def in_our_form(
    send: Send, scope: Scope, receive: Receive, begins: Callable[[], None] | None = None
) -> Send:
    """A `send` that turns BentoML's refusals into problem details and lets the rest pass.

    `begins` is called when there is an answer, before its client has to take it; such an answer is
    data for programs.
    """
    start: Message | None = None
    parts: list[bytes] = []
    protection = _OF_DATA if begins else _PROTECTION

    async def translated(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            if begins:
                begins()
            if message["status"] >= 400 and not _is_problem(message):
                start = message
                return
            # BentoML names itself; nobody need know what to try.
            kept = [pair for pair in message["headers"] if pair[0] != b"server"]
            message["headers"] = kept + protection
            await send(message)
        elif start is None:
            await send(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                answer = of_bentoml(start["status"], b"".join(parts))
                await answer(scope, receive, protected(send))

    return translated


def _is_problem(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(_PROBLEM)
        for name, value in message["headers"]
    )
