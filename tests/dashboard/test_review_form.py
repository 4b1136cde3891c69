"""A review typed by hand: checked by the rules of the dataset, kept in the inbox."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from signed_in import USER

from satispy.dashboard.door.permits import nobody
from satispy.dashboard.pages.review_form import ReviewForm, ReviewFormState
from satispy.reviews import inbox
from satispy.storage import Store


def add(state: ReviewFormState) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.add()).result()


def posts(store: Store) -> list[inbox.Post]:
    keys = [entry.key for entry in store.list("inbox")]
    return [inbox.Post.model_validate_json(store.read(key)) for key in keys]


def test_a_review_waits_in_the_inbox_and_the_form_is_free_again(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = ReviewFormState(
        lambda: store, USER, masked=True, announce=lambda: None, comment=" Très bien ", star=5
    )
    page = ReviewForm(state)
    add(state)
    ((review,),) = [post.reviews for post in posts(store)]
    assert (review.comment, review.star, review.source) == ("Très bien", 5, None)
    assert review.date == date.today().isoformat()
    assert (state.comment, state.star) == ("", 0)
    assert "Merci" in page.layout[-1].html


def test_the_same_words_twice_are_two_reviews(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    announced: list[bool] = []
    state = ReviewFormState(
        lambda: store, USER, masked=True, announce=lambda: announced.append(True)
    )
    for _ in range(2):
        state.param.update(comment="parfait", star=5)
        add(state)
    assert len(posts(store)) == 2
    assert announced == [True]  # once is enough for all that waits


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"comment": "  ", "star": 3}, "commentaire vide"),
        ({"comment": "Bien", "star": 0}, "note absente"),
        (
            {"comment": "Bien", "star": 4, "date": "31/02/2024"},
            "date qui n’existe pas ou mal écrite",
        ),
        (
            {
                "comment": "Bien",
                "star": 4,
                "date": f"{date.today() + timedelta(days=2):%d/%m/%Y}",
            },
            "date dans le futur",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    tmp_path: Path, given: dict[str, object], fault: str
) -> None:
    store = Store.folder(tmp_path)
    state = ReviewFormState(lambda: store, USER, masked=True, announce=lambda: None, **given)
    add(state)
    assert state.faults == [fault]
    assert state.comment == given["comment"]
    assert store.list("") == []


def test_a_review_of_nobody_is_not_kept(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    given = {"comment": "Très bien", "star": 5}
    state = ReviewFormState(lambda: store, nobody(), masked=True, announce=lambda: None, **given)
    add(state)
    assert "votre session est terminée" in state.faults[0]
    assert state.comment == "Très bien"
    assert store.list("") == []


def test_personal_data_is_masked_before_it_is_kept(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    state = ReviewFormState(
        lambda: store,
        USER,
        masked=True,
        announce=lambda: None,
        comment="écrivez à jean@exemple.fr",
        star=4,
    )
    add(state)
    assert "jean@exemple.fr" not in store.read(store.list("inbox")[0].key).decode()
