"""One visitor's session: the pages, fed by the server's one feed."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from html import escape
from typing import Final

import panel as pn
import panel_material_ui as pmui
import param
from panel.io import unlocked
from panel.models import HTML

from satispy.alerts.channels import channels
from satispy.client import AsyncClient, Client, Patience
from satispy.cloud import Queue
from satispy.dashboard import addresses, ahead, connection, looked_up, memory
from satispy.dashboard.busy import show_no_busy_bar
from satispy.dashboard.door.keeper import keeper, permits_of
from satispy.dashboard.door.permits import Permits
from satispy.dashboard.feed import Bucket, Feed, Snapshot
from satispy.dashboard.pages.about import AboutPage, AboutState
from satispy.dashboard.pages.account import AccountPage, AccountState
from satispy.dashboard.pages.acting import ActingState
from satispy.dashboard.pages.alerts import AlertsPage, AlertsState
from satispy.dashboard.pages.asking import PredictState
from satispy.dashboard.pages.browse import Browse, BrowseState
from satispy.dashboard.pages.changing import ChangingState
from satispy.dashboard.pages.comparing import ComparingState
from satispy.dashboard.pages.data import DataPage, DataState
from satispy.dashboard.pages.evolution import EvolutionPage, EvolutionState
from satispy.dashboard.pages.journal import JournalPage, JournalState
from satispy.dashboard.pages.mapping_form import MappingState
from satispy.dashboard.pages.one_review import OneReviewState
from satispy.dashboard.pages.overview import OverviewPage, OverviewState
from satispy.dashboard.pages.predict import PredictPage
from satispy.dashboard.pages.rejected import Rejected, RejectedState
from satispy.dashboard.pages.review_form import ReviewFormState
from satispy.dashboard.pages.runs import RunsPage, RunsState
from satispy.dashboard.pages.scoring import ScoringState
from satispy.dashboard.pages.why import WhyPage, WhyState
from satispy.dashboard.places import Pages
from satispy.dashboard.references import walk_new_models_only
from satispy.dashboard.render import pane, render
from satispy.dashboard.same_for_all import make_it_once
from satispy.dashboard.theme import APP_BAR_COLOR, material
from satispy.dashboard.writes import write_every_change
from satispy.errors import StackError
from satispy.locales.messages import _
from satispy.locales.reader import LANGUAGES, answering, reader
from satispy.reviews.changing import Asked
from satispy.settings import Settings
from satispy.storage import Store

#: Of the page, and of the browser's tab.
TITLE: Final = "satispy"


@cache
def shared_store() -> Store:
    return Store.bucket(Settings())


@cache
def shared_feed() -> Feed:
    """The one feed of this server, started by its first session."""
    return Feed(Bucket(shared_store()).snapshot)


@cache
def watched_memory() -> None:
    """Once a server, from its first session on: before, it has not grown."""
    feed = shared_feed()
    memory.watch(Settings().app_memory_mb, lambda: feed.listening, feed.announce_restart)


@cache
def shared_client() -> AsyncClient:
    # Somebody is waiting in front of the page: say soon that the service is down.
    settings = Settings()
    return AsyncClient(
        settings.service_url, settings.service_token or None, patience=Patience(retries=2)
    )


@cache
def shared_scorer() -> Client:
    settings = Settings()
    return Client(settings.service_url, settings.service_token or None)


#: Before anything is drawn: those whose browser asks for dark get it, unless the address says. And
#: Panel enters an address again that the browser has entered: the back button would stand still.
_HEAD = """<script>
  const asked = new URLSearchParams(location.search);
  if (!asked.has("theme") && matchMedia("(prefers-color-scheme: dark)").matches) {
    asked.set("theme", "dark");
    history.replaceState(null, "", "?" + asked + location.hash);
  }
  const enter = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    if (new URL(address, location).href !== location.href) enter(state, title, address);
  };
</script>"""


def is_of_before() -> bool:
    """Whether this session is for a page that an earlier process served and that reconnects.

    Bokeh makes it while it opens the websocket; a page that is loaded has its own before.
    """
    context = pn.state.curdoc and pn.state.curdoc.session_context
    return bool(context) and context.request.path.endswith("/ws")


def reload() -> None:
    """Has the page loaded again: Panel would send it no change, since for it nothing has loaded."""
    # Not a pane: it would bring style sheets, and those from elsewhere.
    pn.state.curdoc.add_root(HTML(text=escape("<script>location.reload()</script>")))


def session() -> pmui.Page:
    write_every_change()
    make_it_once()
    walk_new_models_only()
    # No extension of Panel's. Whoever does not say so gets those that are loaded: `panel serve`
    # loads Tabulator, whose scripts every page would bring too.
    pn.extension(apply_signatures=False)
    pn.config.param.update(reconnect=True)
    if pn.state.curdoc is not None:
        connection.keep(pn.state.curdoc)
        pn.state.curdoc.js_on_event("document_ready", addresses.telling(), ahead.leaving())
    feed, settings = shared_feed(), Settings()
    overview = OverviewState(snapshot=feed.latest)
    evolution = EvolutionState(snapshot=feed.latest)
    why = WhyState(snapshot=feed.latest)
    runs = RunsState(
        whole=lambda known: looked_up.whole(shared_store(), known),
        find=lambda run: looked_up.found(shared_store(), run),
        steps=lambda run: looked_up.steps(shared_store(), run),
        snapshot=feed.latest,
    )
    permits = permits_of(pn.state.curdoc)
    data = DataState(permits, snapshot=feed.latest)
    mapping = MappingState(shared_store, permits, data.was_put, snapshot=feed.latest)
    form = ReviewFormState(shared_store, permits, masked=settings.mask, announce=_announce_inbox)
    rejected = RejectedState(
        shared_store, permits, data.was_put, settings.timezone, snapshot=feed.latest
    )
    browsed = BrowseState(shared_store, permits, snapshot=feed.latest)
    review = OneReviewState(shared_store, permits, shared_client(), lambda: browsed.shown_version)
    changing = ChangingState(shared_store, permits, _change, masked=settings.mask)
    acting = ActingState(
        shared_store, permits, _ask_for_retrain, _stop_retrain, snapshot=feed.latest
    )
    known = AboutState(snapshot=feed.latest)
    compared = ComparingState(shared_store, shared_scorer, permits, snapshot=feed.latest)
    alerts = AlertsState(shared_store, permits, lambda: channels(settings), snapshot=feed.latest)
    journal = JournalState(shared_store, permits, settings.timezone)
    pages: dict[str, Callable[[], pn.viewable.Viewable]] = {
        "accueil": lambda: OverviewPage(overview).layout,
        "alertes": lambda: AlertsPage(alerts).layout,
        "pourquoi": lambda: WhyPage(why).layout,
        "evolution": lambda: EvolutionPage(evolution).layout,
        "entrainements": lambda: RunsPage(runs, acting, compared).layout,
        "predire": lambda: (
            PredictPage(
                PredictState(shared_client(), permits), ScoringState(shared_scorer, permits)
            ).layout
        ),
        "donnees": lambda: (
            DataPage(
                data, form, mapping, Rejected(rejected), Browse(browsed, review, changing)
            ).layout
        ),
        "journal": lambda: JournalPage(journal).layout,
        "compte": lambda: AccountPage(_account(permits)).layout,
        "a-propos": lambda: AboutPage(known).layout,
    }
    tabs = Pages({title: pages[name] for name, title in addresses.PAGES.items()})
    things = {
        addresses.ALERTS: addresses.Thing(alerts, "chosen"),
        addresses.RUNS: addresses.Thing(runs, "run", stays=True),
        addresses.DATA: addresses.Thing(review, "opened"),
    }
    addresses.keep(tabs, things)
    addresses.on_opening(tabs, addresses.ALERTS, alerts.opened)
    addresses.on_opening(tabs, "journal", journal.opened)
    addresses.on_opening(tabs, addresses.DATA, browsed.open)
    evolution.param.watch(lambda event: addresses.show_run(event.new), "opened", onlychanged=False)
    status = pane()
    status.param.update(sizing_mode=None, styles={"margin-left": "auto", "align-self": "center"})
    night = pmui.IconButton(
        icon="contrast",
        description=_("Thème clair ou sombre"),
        sx={"color": "#fff"},
        margin=0,
    )
    who = pane(render("visitor.html", visitor=permits.visitor) if permits.visitor else "")
    who.param.update(sizing_mode=None, styles={"align-self": "center"})
    page = pmui.Page(
        title=TITLE,
        meta_description=_("Avis clients : ce que chaque mise à jour apprend aux modèles"),
        template=ahead.template(reader().language, _HEAD),
        header=[status, who, _other_language(), night],
        main=[tabs],
        main_width=1240,
        theme_config=material(),
        sx={".MuiAppBar-root": {"backgroundColor": APP_BAR_COLOR, "backgroundImage": "none"}},
        theme_toggle=False,
    )
    show_no_busy_bar(page)
    night.on_click(lambda _: _toggle_theme(page))
    evolution.param.watch(
        lambda event: status.param.update(object=render("status.html", snapshot=event.new)),
        "snapshot",
        onlychanged=False,
    )
    _follow(
        feed,
        overview,
        alerts,
        evolution,
        why,
        runs,
        acting,
        compared,
        data,
        mapping,
        known,
        rejected,
        browsed,
    )
    return page


#: The same place in the other language; the server remembers it.
_SWITCH = """
  const asked = new URLSearchParams(location.search);
  asked.set("lang", language);
  location.search = asked;
"""


def _other_language() -> pmui.Button:
    (other,) = LANGUAGES.keys() - {reader().language}
    button = pmui.Button(
        label=other.upper(),
        description=LANGUAGES[other],
        variant="text",
        size="small",
        sx={"color": "#fff", "minWidth": "auto", "fontSize": "0.9rem"},
        styles={"align-self": "center"},
        margin=0,
    )
    button.js_on_click(args={"language": other}, code=_SWITCH)
    return button


def _account(permits: Permits) -> AccountState:
    return AccountState(
        shared_store,
        lambda: keeper().accounts,
        permits,
        lambda visit: keeper().visits.keep(visit),
    )


def _announce_inbox() -> None:
    """Has typed reviews gathered; without a queue they wait for the next who announces."""
    settings = Settings()
    if settings.upload_queue_url:
        Queue(settings).send({"inbox": True})


def _ask_for_retrain() -> None:
    _send({"retrain": True})


def _stop_retrain(run: str) -> None:
    _send({"stop": run})


def _change(asked: Asked) -> None:
    _send({"change": asked.model_dump(mode="json")})


def _send(asked: Mapping[str, object]) -> None:
    """By way of the queue of uploads: the function behind it has what that takes."""
    settings = Settings()
    if not settings.upload_queue_url:
        raise StackError("SATISPY_UPLOAD_QUEUE_URL is not set: nothing can be asked for")
    Queue(settings).send(asked)


def _toggle_theme(page: pmui.Page) -> None:
    page.dark_theme = not page.dark_theme
    if pn.state.location is not None:  # a reload, or a shared address, keeps the choice
        pn.state.location.update_query(theme="dark" if page.dark_theme else "default")


def _follow(
    feed: Feed,
    *states: param.Parameterized,
) -> None:
    """Bring every change of the feed into each one's `snapshot`, under the document's lock.

    From when the browser has drawn the page: until then Panel drops what layouts show and hide,
    taking the document for one that the browser has yet to ask for.
    """
    document = pn.state.curdoc
    if document is None or document.session_context is None:  # for nobody: a test, or /ready
        return

    visitor = reader()  # the feed's thread answers to nobody

    def show(snapshot: Snapshot) -> None:
        # In one message: Bokeh writes its changes when a callback ends, Panel writes its own at
        # once, and what comes first to the browser may refer to a model that comes second.
        if not pn.state.loaded:
            return
        with answering(visitor), unlocked():
            for state in states:
                state.param.update(snapshot=snapshot)

    def changed(snapshot: Snapshot) -> None:
        document.add_next_tick_callback(partial(show, snapshot))

    def catch_up() -> None:
        for state in states:
            state.param.update(snapshot=feed.latest)

    stop = feed.listen(changed)
    # What came between reading `latest` and listening, and until the page was drawn.
    catch_up()
    pn.state.onload(catch_up)
    pn.state.on_session_destroyed(lambda _: stop())
