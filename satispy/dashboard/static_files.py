"""Bokeh's and Panel's scripts, styles and fonts: packed once a server, and kept by browsers.

They are six megabytes, which Bokeh sends as they are; of the greater part it lets browsers ask anew
at each visit.
"""

import asyncio
import gzip
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bokeh.server import urls
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.static_handler import StaticHandler
from panel_material_ui.base import FONT_CSS
from tornado.web import StaticFileHandler

_PACKED: Final = (".js", ".css", ".json", ".map", ".svg")
_YEAR, _HOUR = (round(timedelta(days=days).total_seconds()) for days in (365, 1 / 24))


@lru_cache(256)
def packed(path: str, modified: datetime) -> bytes:
    """The file as it was written then, by gzip."""
    return gzip.compress(Path(path).read_bytes(), mtime=0)


class Packs(StaticFileHandler):
    async def get(self, path: str, include_body: bool = True) -> None:
        self.set_header("Vary", "Accept-Encoding")
        taken = self.request.headers.get("Accept-Encoding", "")
        if not path.endswith(_PACKED) or "gzip" not in taken or "Range" in self.request.headers:
            await super().get(path, include_body)
            return
        self.path = self.parse_url_path(path)
        asked = self.get_absolute_path(self.root, self.path)
        self.absolute_path = self.validate_absolute_path(self.root, asked)
        if self.absolute_path is None:
            return
        self.modified = self.get_modified_time()
        self.set_header("Content-Encoding", "gzip")
        self.set_headers()
        self.clear_header("Accept-Ranges")
        if self.should_return_304():
            self.set_status(304)
            return
        body = await asyncio.to_thread(packed, self.absolute_path, self.modified)
        self.set_header("Content-Length", len(body))
        if include_body:
            self.write(body)

    def compute_etag(self) -> str | None:
        """One form of a file is not the other, to caches on the way."""
        etag = super().compute_etag()
        is_packed = self._headers.get("Content-Encoding") == "gzip"
        return f'{etag[:-1]}-gzip"' if etag and is_packed else etag

    def get_cache_time(self, path: str, *_: Any) -> int:
        """What stands behind a ? is the file's version, and the fonts' names hold their digest."""
        return _YEAR if self.request.query or path.endswith(".woff2") else _HOUR


class Extensions(Packs, MultiRootStaticHandler): ...


class Scripts(Packs, StaticHandler): ...


def replace_bokehs() -> None:
    """Once, before a server is made."""
    ours = {MultiRootStaticHandler: Extensions, StaticHandler: Scripts}
    urls.toplevel_patterns[:] = [
        (path, ours.get(handler, handler), *rest)  # type: ignore[misc]
        for path, handler, *rest in urls.toplevel_patterns
    ]
    # A second sheet of the fonts that stand in the first: it says of no alphabet which letters it
    # has, so that browsers fetch all seven, one after another, and draw the page anew with each.
    FONT_CSS.clear()
