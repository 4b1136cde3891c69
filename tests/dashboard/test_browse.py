"""Searching the reviews and opening one, without a browser."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import param
import pytest
from signed_in import USER

from satispy.client.types import AspectSaid, Prediction
from satispy.dashboard.addresses import parsed, written
from satispy.dashboard.door.permits import nobody
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages.browse import Browse, BrowseState
from satispy.dashboard.pages.one_review import OneReview, OneReviewState
from satispy.errors import Forbidden, NoModel, NotFound, ServiceUnreachable
from satispy.reviews import merge_upload, receipts
from satispy.storage import Store


class Judge:
    """A service whose models of aspects may be missing."""

    def __init__(self, trouble: Exception | None = None, aspects: bool = True) -> None:
        self.trouble = trouble
        self.aspects = aspects

    async def predict(self, texts, model, version, *, aspects):
        if self.trouble:
            raise self.trouble
        if aspects and not self.aspects:
            raise NoModel("No model of aspects is promoted yet")
        said = AspectSaid(
            aspect="delivery", fr="Livraison", en="Delivery", label="negative", clause="jamais reçu"
        )
        return [
            Prediction(
                label="negative",
                probability=0.1,
                known_words=3,
                model="ensemble",
                tag="ensemble",
                dataset_version=1,
                aspects=[said] if aspects else None,
            )
        ]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path)
    rows = [f"Avis numéro {n},{n % 5 + 1},2026-03-{n % 28 + 1:02}" for n in range(60)]
    rows.append("<b>Colis</b> jamais reçu,1,2026-04-01")
    store.write("uploads/mars.csv", "\n".join(["Commentaire,star,date", *rows]).encode())
    merge_upload(store, "uploads/mars.csv")
    return store


def wait(coroutine: object) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, coroutine).result()


def shown(browse: Browse) -> str:
    return browse._table.html + browse._said.html


@pytest.fixture
def state(store: Store) -> BrowseState:
    return BrowseState(lambda: store, USER)


@pytest.fixture
def review(store: Store) -> OneReviewState:
    return OneReviewState(lambda: store, USER, Judge(), lambda: None)


@pytest.fixture
def browse(state: BrowseState, review: OneReviewState) -> Browse:
    return Browse(state, review)


def test_reviews_are_read_when_somebody_comes_and_shown_by_the_page(
    state: BrowseState, browse: Browse
) -> None:
    assert shown(browse) == ""
    wait(state.open())
    assert "61 avis dans la version 1" in shown(browse)
    assert shown(browse).count("#donnees.r") == 25
    wait(state.turn(2))
    assert "51 à 61" in shown(browse)
    assert state.pages == 3


def merged(store: Store, name: str, *rows: str) -> Snapshot:
    """What the app then knows of the bucket."""
    store.write(f"uploads/{name}.csv", "\n".join(["Commentaire,star", *rows]).encode())
    merge_upload(store, f"uploads/{name}.csv")
    return Snapshot(receipts=tuple(receipts.all(store)), read=True)


def test_the_first_reviews_are_shown_to_who_is_on_the_page_already(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = BrowseState(lambda: store, USER)
    wait(state.open())
    assert isinstance(state.trouble, NotFound)
    with param.discard_events(state):
        state.snapshot = merged(store, "avril", "Jamais reçu,1")
    wait(state._came())
    assert state.trouble is None
    assert state.found.total == 1


def test_a_newer_version_is_told_and_does_not_change_what_is_read(
    store: Store, state: BrowseState, browse: Browse
) -> None:
    wait(state.open())
    before = state.found
    state.snapshot = merged(store, "avril", "Jamais reçu,1")
    assert state.found is before
    assert browse._newest.label == "Afficher la version 2, qui vient d’arriver"
    assert browse._newer.visible
    wait(browse._show_newest(None))
    assert state.found.total == 62
    assert not browse._newer.visible


def test_who_comes_back_to_the_page_sees_the_newest_version(
    store: Store, state: BrowseState
) -> None:
    wait(state.open())
    state.snapshot = merged(store, "avril", "Jamais reçu,1")
    wait(state.open())
    assert state.found.total == 62


def test_who_asked_for_a_version_is_told_of_no_other(store: Store, state: BrowseState) -> None:
    with param.discard_events(state):
        state.version = "1"
    wait(state.open())
    state.snapshot = merged(store, "avril", "Jamais reçu,1")
    assert state.newer is None


def test_a_search_that_finds_nothing_says_so(state: BrowseState, browse: Browse) -> None:
    state.words = "introuvable"
    wait(state.search())
    assert "enlevez un mot ou un filtre" in shown(browse)


def test_days_are_typed_as_people_write_them(state: BrowseState, browse: Browse) -> None:
    state.choose_day("since", "1er avril 2026")
    wait(state.search())
    assert "1 avis" in shown(browse)
    state.choose_day("until", "avant-hier")
    assert "« avant-hier » n’est pas un jour" in shown(browse)
    state.choose_day("until", "2/4/2026")
    state.choose_day("since", "")
    wait(state.search())
    assert "61 avis" in shown(browse)


@pytest.mark.parametrize("version", ["9", "avant-hier", "²"])
def test_a_version_that_is_not_there_is_said(
    state: BrowseState, browse: Browse, version: str
) -> None:
    state.version = version
    wait(state.search())
    assert isinstance(state.trouble, NotFound)
    assert "satispy reviews log" in shown(browse)


def test_nobody_reads_reviews(store: Store) -> None:
    state = BrowseState(lambda: store, nobody())
    wait(state.search())
    assert isinstance(state.trouble, Forbidden)
    assert state.found is None
    review = OneReviewState(lambda: store, nobody(), Judge(), lambda: None)
    review.opened = "r" + "0" * 32
    wait(review.look())
    assert isinstance(review.trouble, Forbidden)


def opened(review: OneReviewState, state: BrowseState) -> OneReview:
    wait(state.search())
    one = OneReview(review)
    review.opened = "r" + state.found.reviews[0].id
    wait(review.look())
    return one


def test_an_opened_review_says_where_it_came_from_and_what_is_said_of_it(
    review: OneReviewState, state: BrowseState
) -> None:
    one = opened(review, state)
    assert one.layout.open
    assert "mars</bdi></b>, ligne 62" in one._about.html
    assert "depuis la version 1" in one._about.html
    assert "<b>Colis" not in one._about.html
    assert "Livraison" in one._said.html
    one.layout.open = False
    assert review.opened == ""


def test_without_a_model_of_aspects_the_others_answer(store: Store, state: BrowseState) -> None:
    one = opened(OneReviewState(lambda: store, USER, Judge(aspects=False), lambda: None), state)
    assert "Négatif" in one._said.html
    assert "Il parle de" not in one._said.html


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NoModel("nothing is promoted yet"), "Aucun modèle n’est encore en service"),
        (ServiceUnreachable("refused"), "Les modèles n’ont pas répondu"),
    ],
)
def test_a_silent_service_leaves_the_review_readable(
    store: Store, state: BrowseState, trouble: Exception, said: str
) -> None:
    one = opened(OneReviewState(lambda: store, USER, Judge(trouble), lambda: None), state)
    assert said in one._said.html
    assert "Colis jamais reçu" in one._about.html


def test_a_review_that_is_not_there_is_said(review: OneReviewState) -> None:
    one = OneReview(review)
    review.opened = "r0"
    wait(review.look())
    assert "n’est pas, ou plus, dans la base" in one._about.html


def test_a_review_has_an_address_of_its_own() -> None:
    assert parsed("#donnees.r0a") == ("donnees", "r0a")
    assert written("donnees", "r0a") == "#donnees.r0a"
    assert parsed("#pourquoi.r0a") == ("pourquoi", "")
