"""Which language a request is answered in."""

from functools import cache
from typing import Any, Final, cast

from tornado.web import RequestHandler

from satispy.locales.reader import LANGUAGES, Reader, answer_to, preferred
from satispy.settings import Settings

#: Of an address; what it asks for is remembered.
ASKED: Final = "lang"
_COOKIE: Final = "satispy-language"
#: The path of a cookie: none, by which browsers take the folder of the page as they know it
#: (RFC 6265, 5.1.4), also where a proxy takes a path away that we never see.
HERE: Final = cast(str, None)
_A_YEAR: Final = 365 * 86400


@cache
def _timezone() -> str:
    """Read once: each request asks, and settings take a millisecond."""
    return Settings().timezone


class Speaks(RequestHandler):
    """A handler that answers by the address, by what was chosen before, or as browsers prefer."""

    def speak(self) -> None:
        """Before anything is answered."""
        asked = self.get_query_argument(ASKED, "")
        accepted = self.request.headers.get("Accept-Language", "")
        language = preferred(asked, self.get_cookie(_COOKIE, "") or "", accepted)
        if asked in LANGUAGES:
            self.set_cookie(
                _COOKIE,
                asked,
                path=HERE,
                max_age=_A_YEAR,
                httponly=True,
                samesite="Lax",
                secure=self.request.protocol == "https",
            )
        reader = Reader(language, _timezone())
        answer_to(reader)
        # Where the sockets of the session that this request makes find it.
        self.request.satispy_reader = reader  # type: ignore[attr-defined]


def reader_of(document: Any) -> Reader:
    """Who looks at the page of this document."""
    request: Any = document.session_context.request
    found: Reader = request.satispy_reader
    return found
