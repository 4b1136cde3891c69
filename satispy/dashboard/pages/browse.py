"""The reviews searched, filtered and paged through, at any version: part of Données."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any, Final

import panel as pn
import panel_material_ui as pmui
import param

from satispy.dashboard.choices import offer
from satispy.dashboard.door.permits import Permits, not_done
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.at_work import AtWork
from satispy.dashboard.pages.changing import ChangingState
from satispy.dashboard.pages.one_review import OneReview, OneReviewState
from satispy.dashboard.render import Slot, dim, no_day, notice, pane, render
from satispy.dashboard.theme import STACK
from satispy.errors import NotFound, SatispyError
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.reviews import browsing
from satispy.reviews.browsing import Page, Wanted
from satispy.reviews.dates import NoSuchDay, day_of
from satispy.reviews.table import ReviewTable
from satispy.storage import Store

ANY: Final = ""
#: Whose label is which: as retrains read stars.
STARS: Final = (ANY, "12", "345", *(f"{star}" for star in range(1, 6)))
#: What a change of starts a search anew.
_ASKED: Final = ["words", "stars", "source", "company", "since", "until", "version"]


class BrowseState(AtWork):
    """What is searched for and found, without a widget."""

    words: param.String[str] = param.String(default="")
    stars: param.Selector[str] = param.Selector(objects=list(STARS))
    source: param.String[str] = param.String(default=ANY)
    company: param.String[str] = param.String(default=ANY)
    since: param.ClassSelector[dt.date | None] = param.ClassSelector(class_=dt.date, default=None)
    until: param.ClassSelector[dt.date | None] = param.ClassSelector(class_=dt.date, default=None)
    #: A number; empty: the newest.
    version: param.String[str] = param.String(default="")
    #: What was typed for a day and is none.
    no_day: param.String[str] = param.String(default="")
    found: param.ClassSelector[Page | None] = param.ClassSelector(class_=Page, default=None)
    sources: param.List[list[str]] = param.List(default=[])
    companies: param.List[list[str]] = param.List(default=[])
    snapshot: param.ClassSelector[Snapshot] = param.ClassSelector(
        class_=Snapshot, default=Snapshot()
    )

    def __init__(self, store: Callable[[], Store], permits: Permits, **params: Any) -> None:
        super().__init__(**params)
        self._store = store
        self._permits = permits
        self._again = False
        #: The newest version when it was last looked; None where nobody has come to the page.
        self._looked_at: int | None = None
        self.param.watch(self._asked, _ASKED)
        self.param.watch(self._came, "snapshot")

    async def open(self) -> None:
        """Somebody came to the page: nothing is read for those who never look."""
        if self.found is None or (self.newer is not None and not self.found.first):
            await self.search()

    async def _came(self, *events: object) -> None:
        """The first reviews are shown by themselves. Of what replaces others it is only told: the
        table is not read in every open page because one file came, nor drawn anew under a reader.
        """
        if self._looked_at is None or self.found is not None or self.version:
            return
        if self.newest_version > self._looked_at:
            await self.search()

    @property
    def newest_version(self) -> int:
        """-1 where no file is known to have been merged."""
        versions = (each.dataset_version for each in self.snapshot.receipts)
        return max((each for each in versions if each is not None), default=-1)

    @property
    def newer(self) -> int | None:
        """A version that came after the one that is shown, which nobody asked for by its number."""
        if self.found is None or self.version or self.newest_version <= self.found.version:
            return None
        return self.newest_version

    async def _asked(self, *events: object) -> None:
        await self.search()

    async def search(self) -> None:
        """From the first page on; of several that are asked for meanwhile, the last."""
        await self._look(0, None)

    async def turn(self, page: int) -> None:
        """To another page of what was found, in the version it was found in."""
        if self.found is not None:
            await self._look(page * browsing.PAGE, self.found.version)

    def choose_day(self, name: str, typed: str) -> None:
        """`since` or `until`, as the day of a review is read; nothing typed: no bound."""
        try:
            self.param.update(no_day="", **{name: day_of(typed)})
        except NoSuchDay:
            self.no_day = typed

    async def look_again(self) -> None:
        """The same page, of the newest version if none was asked for."""
        if self.found is not None:
            await self._look(self.found.first, None)

    @property
    def shown_version(self) -> int | None:
        return self.found.version if self.found else None

    @property
    def pages(self) -> int:
        return -(-self.found.total // browsing.PAGE) if self.found else 0

    @property
    def asked_version(self) -> int | None:
        """None: the newest. Raises NotFound."""
        typed = self.version.strip().removeprefix("v")
        if typed and not (typed.isascii() and typed.isdigit()):
            raise NotFound("the dataset has no version %(typed)r", typed=typed)
        return int(typed) if typed else None

    async def _look(self, first: int, version: int | None) -> None:
        if self.busy:
            self._again = True
            return
        self.busy, self._looked_at = True, self.newest_version
        try:
            found = await asyncio.to_thread(self._found, first, version)
        except SatispyError as error:
            self.param.update(found=None, trouble=error)
        else:
            self.param.update(trouble=None, **found)
        finally:
            self.busy = False
        if self._again:
            self._again = False
            await self.search()

    def _found(self, first: int, version: int | None) -> dict[str, Any]:
        self._permits.demand("user")
        wanted = Wanted(
            words=self.words,
            stars=tuple(map(int, self.stars)),
            source=self.source,
            company=self.company,
            since=self.since,
            until=self.until,
        )
        table = ReviewTable(self._store())
        if version is None:
            version = self.asked_version
        found = browsing.page(table, wanted, version, first)
        if self.found is not None and self.found.version == found.version:
            return {"found": found}
        sources, companies = browsing.offered(table, found.version)
        return {"found": found, "sources": sources, "companies": companies}


class Browse:
    """The widgets of one session."""

    def __init__(
        self, state: BrowseState, review: OneReviewState, changing: ChangingState | None = None
    ) -> None:
        self._state = state
        field: dict[str, Any] = {"margin": 0, "size": "small", "sizing_mode": "stretch_width"}
        words = pmui.TextInput.from_param(
            state.param.words,
            label=_("Mots"),
            placeholder=_("colis perdu"),
            max_length=200,
            **field,
        )
        stars = pmui.Select.from_param(
            state.param.stars, label=_("Étoiles"), options=_star_options(), **field
        )
        self._source, self._company = (
            pmui.Select(label=label, options={_("Toutes"): ANY}, value=ANY, **field)
            for label in (_("Source"), _("Enseigne"))
        )
        self._source.param.watch(lambda event: self._choose("source", event.new), "value")
        self._company.param.watch(lambda event: self._choose("company", event.new), "value")
        since, until = (
            pmui.TextInput(label=label, placeholder=_("jj/mm/aaaa"), max_length=40, **field)
            for label in (_("Depuis le"), _("Jusqu’au"))
        )
        since.param.watch(lambda event: state.choose_day("since", event.new or ""), "value")
        until.param.watch(lambda event: state.choose_day("until", event.new or ""), "value")
        version = pmui.TextInput.from_param(
            state.param.version,
            label=_("Version"),
            placeholder=_("dernière"),
            max_length=9,
            **field,
        )
        self._pages = pmui.Pagination(count=1, value=0, size="small", margin=0)
        self._pages.param.watch(self._turn, "value")
        self._paging = pn.Column(self._pages, margin=0, visible=False)
        self._said, self._table = Slot(), Slot()
        self._newest = pmui.Button(icon="refresh", variant="outlined", size="small", margin=0)
        self._newest.on_click(self._show_newest)
        self._newer = pn.Column(self._newest, margin=0, visible=False)
        self._content = pn.Column(self._table, sizing_mode="stretch_width", margin=0)
        widths = [(words, 240), (stars, 150), (self._source, 150), (self._company, 150)]
        widths += [(since, 150), (until, 150), (version, 120)]
        self.layout = pn.Column(
            pane(render("section.html", title=_("Les avis"))),
            pn.FlexBox(
                *(
                    pn.Column(one, styles={"flex": f"1 1 {width}px"}, margin=0)
                    for one, width in widths
                ),
                gap="14px",
                align_items="center",
            ),
            self._said,
            self._newer,
            self._content,
            self._paging,
            OneReview(review, changing, state.look_again).layout,
            sizing_mode="stretch_width",
            styles=STACK,
        )
        state.param.watch(
            self._show, ["found", "sources", "companies", "trouble", "busy", "no_day"]
        )
        state.param.watch(self._tell_newer, ["found", "snapshot"])
        self._show()

    def _choose(self, name: str, value: str | None) -> None:
        setattr(self._state, name, value or ANY)

    async def _turn(self, event: Any) -> None:
        found = self._state.found
        if found is not None and event.new * browsing.PAGE != found.first:
            await self._state.turn(event.new)

    async def _show_newest(self, event: object) -> None:
        await self._state.search()

    def _tell_newer(self, *events: object) -> None:
        newer = self._state.newer
        if newer is not None:
            self._newest.label = _(
                "Afficher la version %(version)s, qui vient d’arriver", version=newer
            )
        self._newer.visible = newer is not None

    def _show(self, *events: object) -> None:
        state, found = self._state, self._state.found
        dim(self._content, state.busy)
        for select, names, chosen in (
            (self._source, state.sources, state.source),
            (self._company, state.companies, state.company),
        ):
            options = {_("Toutes"): ANY} | {name: name for name in names}
            if chosen:
                options[chosen] = chosen
            offer(select, options, chosen)
        if state.no_day:
            self._said.show(no_day(state.no_day))
        else:
            self._said.show(said(state.trouble) if state.trouble else "")
        self._table.show(render("reviews_table.html", found=found) if found else "")
        self._paging.visible = state.pages > 1
        if found:
            self._pages.param.update(count=max(1, state.pages), value=found.first // browsing.PAGE)


def _star_options() -> dict[str, str]:
    grouped = {_("Toutes"): ANY, _("Négatifs (1-2 ★)"): "12", _("Positifs (3-5 ★)"): "345"}
    return grouped | {f"{star} ★": star for star in STARS if len(star) == 1}


def said(trouble: SatispyError) -> str:
    if isinstance(trouble, NotFound):
        return notice(
            "info",
            _("Il n’y a pas d’avis à montrer"),
            _(
                "Aucun fichier n’a encore été intégré, ou cette version n’existe pas"
                " ou ne peut plus être lue."
            ),
            command="satispy reviews log",
            detail=told(trouble),
        )
    return not_done(trouble, _("Les avis ne peuvent pas être lus"))
