"""The first page, sent ahead: it is read while the session behind it is made and drawn.

A session takes a tenth of a second of the server, of which many come after one another, and two
seconds of a browser. What the first page says is there before: it goes out at once as HTML, with
the tags of the scripts, and the rest of the answer follows when the session is made. It stands over
the live page until that is drawn (`leaving`).
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import panel_material_ui as pmui
from bokeh.document import Document
from bokeh.models import CustomJS
from markupsafe import Markup
from panel.io import server
from panel.io.resources import Resources

from satispy.dashboard import addresses, theme
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages import overview
from satispy.dashboard.render import render, static
from satispy.locales.reader import LANGUAGES, reader
from satispy.visits import Visitor

#: Where it stands in the page, and what has been sent when it is.
_PLACE: Final = "<!-- ahead -->"
SENT: Final = "<!-- sent ahead -->"

_DIST: Final = Path(pmui.__file__).parent / "dist"
_HREF: Final = "{{ dist_url }}../panel-material-ui"
#: Panel's spinner would hide what stands there to be read; its words on what failed stay.
_NO_SPINNER: Final = "<style>#ahead ~ #loader:not(.error) { display: none !important; }</style>"
#: Not in the head, where they hold up what is to be seen.
_TAGS: Final = ("{{- bokeh_css if bokeh_css }}", "{{ bokeh_js if bokeh_js }}")


@cache
def template(language: str, head: str) -> str:
    """Panel's own page, with a place for what is sent ahead, and this at the end of its head.

    In its language: screen readers pronounce it by this.
    """
    page = (_DIST.parent / "_templates" / "base.html").read_text(encoding="utf-8")
    for tag in _TAGS:
        page = page.replace(tag, "")
    body = "\n".join(("<body>", _PLACE, *_TAGS, SENT))
    page = page.replace("<body>", body).replace("</head>", f"{head}{_fonts()}{_NO_SPINNER}</head>")
    return page.replace('<html lang="en"', f'<html lang="{language}"')


def _fonts() -> str:
    """Roboto's Latin letters, which stand in a style sheet that comes after."""
    rules, links = "", ""
    for weight in (400, 700):
        (file,) = (each.name for each in _DIST.glob(f"roboto-latin-{weight}-normal-*.woff2"))
        links += f'<link rel="preload" as="font" crossorigin href="{_HREF}/{file}">'
        rules += (
            f"@font-face {{ font-family: Roboto; font-weight: {weight}; font-display: fallback;"
            f' src: url("{_HREF}/{file}") format("woff2"); }}'
        )
    return f"{links}<style>{rules}</style>"


#: For each language, what comes before the page that is sent ahead, and after it.
_around: dict[str, tuple[str, str]] = {}


def know(document: Document, resources: Any) -> None:
    """From the page of this document, which is nobody's, what is the same on all."""
    nobodys: Any = SimpleNamespace(document=document, token="")
    page = server.server_html_page_for_session(
        nobodys,
        Resources.from_bokeh(resources),
        document.title,
        template=document.template,
        template_variables=document.template_variables,
    )
    before, _, after = page.partition(SENT)[0].partition(_PLACE)
    _around[reader().language] = before, after


def html(snapshot: Snapshot, visitor: Visitor) -> str:
    """The beginning of the page, `SENT` included; empty where nothing is known of it yet."""
    if reader().language not in _around or not snapshot.read:
        return ""
    before, after = _around[reader().language]
    (other,) = LANGUAGES.keys() - {reader().language}
    shown = render(
        "ahead.html",
        style=Markup(theme.style() + static("ahead.css")),  # noqa: S704  files of ours
        first=Markup(overview.html(snapshot)),  # noqa: S704  of our templates
        visitor=visitor,
        pages=addresses.PAGES,
        other=other,
    )
    return before + shown + after + SENT


#: The live page stands where this one was read.
_LEAVE: Final = """
  const ahead = document.getElementById("ahead");
  if (ahead) {
    for (const each of document.body.querySelectorAll("*"))
      each.shadowRoot?.querySelector(".main-content")?.scrollTo(0, ahead.scrollTop);
    ahead.remove();
  }
"""


def leaving() -> CustomJS:
    """Once the live page is drawn."""
    return CustomJS(code=_LEAVE)


def failed() -> str:
    """The end of a page whose session could not be made."""
    return render("ahead_failed.html")
