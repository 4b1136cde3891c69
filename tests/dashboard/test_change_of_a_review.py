"""The open review corrected or deleted, without a browser."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from signed_in import ADMIN, USER
from test_browse import Judge

from satispy import journal
from satispy.dashboard.door.permits import Permits
from satispy.dashboard.pages.browse import BrowseState
from satispy.dashboard.pages.changing import Changing, ChangingState
from satispy.dashboard.pages.one_review import OneReview, OneReviewState
from satispy.errors import Forbidden, StackError
from satispy.reviews import ReviewTable, changing, merge_upload, versions
from satispy.reviews.changing import Asked, Outdated
from satispy.storage import Store


def wait(coroutine: object) -> object:
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, coroutine).result()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path)
    store.write("uploads/a.csv", "Commentaire,star\nMerci à Mme Dupont,2\nbof,3\n".encode())
    merge_upload(store, "uploads/a.csv")
    return store


class Opened:
    """The dialog of one session, with the first review that holds some words in it."""

    def __init__(self, store: Store, permits: Permits, words: str = "Dupont") -> None:
        self.store = store
        self.asked: list[Asked] = []
        self.do: Callable[[Asked], object] = lambda asked: changing.make(store, asked, masked=True)
        self.browsed = BrowseState(lambda: store, permits)
        self.one = OneReviewState(
            lambda: store, permits, Judge(), lambda: self.browsed.shown_version
        )
        self.state = ChangingState(lambda: store, permits, self._ask, masked=True, pause=0)
        self.dialog = OneReview(self.one, self.state, self.browsed.look_again)
        wait(self.browsed.search())
        (found,) = [each for each in self.browsed.found.reviews if words in each.comment]
        self.open(found.id)

    def open(self, id: str) -> None:
        self.one.opened = "r" + id
        wait(self.one.look())

    def _ask(self, asked: Asked) -> None:
        self.asked.append(asked)
        self.do(asked)

    @property
    def form(self) -> Changing:
        return Changing(self.state, self.dialog._look_again)

    @property
    def said(self) -> str:
        return self.form._said()

    @property
    def comments(self) -> list[str]:
        return ReviewTable(self.store).read().comments


def test_an_admin_corrects_a_review_and_the_journal_says_so(store: Store) -> None:
    opened = Opened(store, ADMIN)
    assert (opened.state.star, opened.state.comment) == (2, "Merci à Mme Dupont")
    opened.state.param.update(star=5, comment="Merci à [nom], a@b.fr", reason=" nom  oublié ")
    wait(opened.form._correct(None))
    assert opened.comments == ["Merci à [nom], [e-mail]", "bof"]
    assert "depuis la version 3 de la base" in opened.said
    assert "Corrigé par anne" in opened.dialog._about.html
    assert "« nom oublié » ; la note était 2 ★." in opened.dialog._about.html
    (entry,) = journal.last(store, 9)
    assert (entry.what, entry.why, entry.by.who) == ("review.corrected", "nom oublié", "anne")
    assert "a@b.fr" not in opened.asked[0].model_dump_json()
    assert (opened.state.star, opened.state.reason) == (5, "")
    assert opened.browsed.found.version == 3


def test_a_deletion_is_confirmed_first(store: Store) -> None:
    opened = Opened(store, ADMIN)
    opened.state.reason = "demande du client"
    wait(opened.state.delete())
    assert opened.asked == []
    opened.state.plan_deletion()
    assert "ne le rapportera pas" in opened.form._sentence.html
    wait(opened.form._delete(None))
    assert opened.comments == ["bof"]
    assert "a été supprimé de la base" in opened.dialog._about.html
    assert "Supprimé par anne" in opened.dialog._about.html
    assert "Dupont" not in opened.dialog._about.html
    assert opened.dialog._said.html == ""
    assert not opened.form._place.visible
    assert opened.browsed.found.total == 1


def test_a_deleted_review_of_an_older_version_is_shown_as_it_was_and_said_to_be_deleted(
    store: Store,
) -> None:
    opened = Opened(store, ADMIN)
    id = opened.one.review.id
    opened.state.reason = "demande du client"
    opened.state.plan_deletion()
    wait(opened.state.delete())
    opened.browsed.version = "1"
    wait(opened.browsed.search())
    opened.open(id)
    assert "ce que disait la version que vous regardez" in opened.dialog._about.html
    assert "Dupont" in opened.dialog._about.html
    assert not opened.form._place.visible
    versions.restore(ReviewTable(store), 1)
    opened.open(id)
    assert "supprimé" not in opened.dialog._about.html.lower()
    assert opened.form._place.visible


@pytest.mark.parametrize("act", ["correct", "delete"])
def test_a_user_changes_nothing_whatever_the_page_sends(store: Store, act: str) -> None:
    opened = Opened(store, USER)
    assert not opened.form._place.visible
    opened.state.param.update(star=5, reason="parce que", deleting=True)
    if act == "correct":
        wait(opened.state.correct())
    else:
        opened.state.deleting = True
        wait(opened.state.delete())
    assert isinstance(opened.state.trouble, Forbidden)
    assert opened.asked == []
    assert journal.last(store, 9) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "x"}, "dites en quelques mots pourquoi"),
        ({"star": 2}, "changez la note ou le texte"),
        ({"comment": "   "}, "commentaire vide"),
    ],
)
def test_what_lacks_is_said_and_stays_typed(store: Store, typed: dict, said: str) -> None:
    opened = Opened(store, ADMIN)
    opened.state.param.update(**({"star": 4, "reason": "une erreur"} | typed))
    wait(opened.state.correct())
    assert said in opened.said
    assert opened.asked == []
    for name, value in typed.items():
        assert getattr(opened.state, name) == value


def test_who_comes_second_changes_nothing_and_is_told(store: Store) -> None:
    opened, other = Opened(store, ADMIN), Opened(store, ADMIN)
    other.state.param.update(star=1, reason="la mienne")
    wait(other.state.correct())
    opened.state.param.update(star=5, reason="la mienne")
    wait(opened.state.correct())
    assert isinstance(opened.state.trouble, Outdated)
    assert "changé ou supprimé entre-temps" in opened.said
    assert opened.state.star == 5
    assert len(journal.last(store, 9)) == 1


def test_a_queue_that_is_away_is_said_and_entered(store: Store) -> None:
    opened = Opened(store, ADMIN)

    def away(asked: Asked) -> None:
        raise StackError("the queue does not answer")

    opened.do = away
    opened.state.param.update(star=5, reason="une erreur")
    wait(opened.state.correct())
    assert "L’avis n’a pas été changé" in opened.said
    assert [entry.what for entry in journal.last(store, 9)] == ["act.failed", "review.corrected"]


def test_a_queue_that_is_long_is_waited_for_and_then_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satispy.dashboard.pages.changing.LOOKS", 2)
    opened = Opened(store, ADMIN)
    opened.do = lambda asked: None
    opened.state.param.update(star=5, reason="une erreur")
    assert not wait(opened.state.correct())
    assert "sera fait après les fichiers qui attendent" in opened.said
