"""What the service answers at which path; what is not in this table is not there."""

from collections.abc import Mapping
from dataclasses import dataclass

from satispy.same_origin import Shows

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Route:
    """What one path accepts."""

    methods: frozenset[str]
    #: The one media type of its bodies; None: it takes no body.
    media_type: bytes | None = None
    limit: int = 0
    #: Answers without a token, and at any address: probes have none, and ask by address.
    open: bool = False
    #: Given the request as it arrives; the others get a body that was read whole.
    streamed: bool = False
    shows: Shows = Shows.SECRETS

    @property
    def takes_body(self) -> bool:
        return self.media_type is not None


READ = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})

ROUTES: Mapping[str, Route] = {
    "/predict": Route(POST, b"application/json", MEGABYTE),
    "/explain": Route(POST, b"application/json", MEGABYTE),
    "/predict/csv": Route(POST, b"text/csv", 100 * MEGABYTE, streamed=True),
    "/models": Route(READ),
    "/metrics": Route(READ),
    "/livez": Route(READ, open=True),
    "/readyz": Route(READ, open=True),
    "/healthz": Route(READ, open=True),
    "/": Route(READ, shows=Shows.A_PAGE),
    "/docs.json": Route(READ),
    "/schema.json": Route(READ),  # BentoML's own clients ask for it
}
_STATIC = "/static_content/"
_STATIC_ROUTE = Route(READ, shows=Shows.NOTHING_SECRET)


def find(path: str) -> Route | None:
    return ROUTES.get(path) or (_STATIC_ROUTE if path.startswith(_STATIC) else None)
