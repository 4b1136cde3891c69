"""HTML from the templates, everything escaped unless it is markup already."""

from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from satispy.dashboard import sentences, theme
from satispy.dashboard.causes import title_of
from satispy.dashboard.parts import shifted
from satispy.keys import shown
from satispy.locales import formats, messages, names
from satispy.locales.messages import _
from satispy.locales.reader import LANGUAGES, reader
from satispy.locales.telling import told
from satispy.models.family import STAGES
from satispy.reviews.receipts import fault_of_the_file, why_refused


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # `_("…")`, `ngettext("…", "…", n)` and {% trans %}, which may stand on several lines.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["gettext"] = _message
    environment.globals["ngettext"] = _plural
    for filter_ in (
        formats.percent,
        formats.points,
        formats.decimal,
        formats.count,
        formats.duration,
        formats.moment,
        formats.day,
        formats.month,
        formats.pause,
        title_of,
        names.family,
        told,
        names.role,
        names.changed,
        names.slice_name,
        names.part_value,
        sentences.reason,
        shifted,
        shown,
    ):
        environment.filters[filter_.__name__] = filter_
    environment.globals["reader"] = reader
    environment.globals["languages"] = LANGUAGES
    environment.globals["ranged"] = formats.ranged
    environment.globals["acts"] = names.ACTS
    environment.globals["via"] = names.VIA
    environment.globals["metrics"] = names.METRICS
    environment.globals["labels"] = names.LABELS
    environment.globals["labels_of_reviews"] = names.LABELS_OF_REVIEWS
    environment.globals["row_fault"] = sentences.row_fault
    environment.globals["why_refused"] = why_refused
    environment.globals["fault_of_the_file"] = fault_of_the_file
    environment.globals["fields"] = names.FIELDS
    environment.globals["baselines"] = names.BASELINES
    environment.globals["stages"] = names.STAGES
    environment.globals["stage_states"] = names.STAGE_STATES
    environment.globals["stage_order"] = STAGES
    environment.globals["door_style"] = Markup(theme.door_style())  # noqa: S704  a file of ours
    return environment


def _message(message: str, **values: object) -> Markup:
    """A message is markup of ours; values are escaped."""
    return Markup(messages.translated(message)) % values  # noqa: S704


def _plural(one: str, many: str, num: int, **values: object) -> Markup:
    message = Markup(messages.translated_plural(one, many, num))  # noqa: S704
    return message % {"num": formats.count(num), **values}


def render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def static(name: str) -> str:
    """A file of `static`."""
    return (Path(__file__).parent / "static" / name).read_text(encoding="utf-8")


def pane(html: str = "") -> pn.pane.HTML:
    """A pane for rendered templates, in the app's style, as wide as its place."""
    return pn.pane.HTML(html, stylesheets=[theme.style()], sizing_mode="stretch_width", margin=0)


class Slot(pn.Column):
    """A place for rendered HTML that takes no room while it is empty.

    It hides itself and not its pane: Panel's page fails (`reading 'style'` of undefined) when a
    pane of a tab that was never opened is shown or hidden.
    """

    def __init__(self) -> None:
        super().__init__(sizing_mode="stretch_width", margin=0, visible=False)
        self.html = ""

    def show(self, html: str) -> None:
        if html != self.html:
            self.html = html
            self.objects = [pane(html)] if html else []
            self.visible = bool(html)


def dim(component: pn.viewable.Viewable, waiting: bool) -> None:
    """Shows that a Material component waits for an answer, and takes it out of the mouse's way.

    Not by `loading` or `disabled`: the browser keeps those as state of its own and writes them
    back, so that the end of a short wait can be undone by its beginning.
    """
    # Both named each time: Bokeh leaves in place a style that is no longer mentioned.
    opacity, pointer = (".5", "none") if waiting else ("1", "auto")
    component.styles = component.styles | {"opacity": opacity, "pointer-events": pointer}


def no_day(typed: str) -> str:
    """The notice of what was typed for a day and is none.

    Days are typed: the calendar of Material says months and buttons in English only.
    """
    return notice("warning", _("« %(typed)s » n’est pas un jour : jj/mm/aaaa", typed=typed))


def notice(
    level: str,
    title: str,
    *lines: str,
    command: str | None = None,
    detail: str | None = None,
    unfolded: bool = False,
) -> str:
    """level: success, info, warning or error. unfolded: the detail is what there is to know."""
    return render(
        "notice.html",
        level=level,
        title=title,
        lines=lines,
        command=command,
        detail=detail,
        unfolded=unfolded,
    )
