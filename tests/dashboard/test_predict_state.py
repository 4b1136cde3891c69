"""What is asked of the service and what is said of its answers, without a browser."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from made_up_service import MODELS, answer, explanation
from signed_in import USER

from satispy.client.types import (
    ExplainRequest,
    Explanation,
    Models,
    Prediction,
    PredictRequest,
)
from satispy.dashboard.door.permits import Permits, nobody
from satispy.dashboard.pages.asking import PAIR, PredictState, pair_options, version_options
from satispy.dashboard.pages.predict import PredictPage, differing, explained
from satispy.dashboard.pages.scoring import Scoring, ScoringState, UnsuitableFile
from satispy.errors import (
    Forbidden,
    NoModel,
    RequestRefused,
    SatispyError,
    StorageUnreachable,
)
from satispy.visits import Visitor


def _request(texts: Sequence[str], model: str, version: str) -> PredictRequest:
    chosen = {"version": version} if version else {}
    return PredictRequest(texts=list(texts), model=model, **chosen)


class Judge:
    """Answers at once, and keeps what it was asked."""

    def __init__(self, trouble: SatispyError | None = None) -> None:
        self.asked: list[list[str]] = []
        self.explained: list[tuple[str, str, str]] = []
        self.versions: list[str] = []
        self.trouble = trouble

    async def predict(self, texts: Sequence[str], model: str, version: str) -> Sequence[Prediction]:
        self.versions.append(version)
        self.asked.append(list(texts))
        if self.trouble:
            raise self.trouble
        return answer(_request(texts, model, version)).predictions

    async def explain(self, text: str, model: str, version: str) -> Explanation:
        self.explained.append((text, model, version))
        chosen = {"version": version} if version else {}
        return explanation(ExplainRequest(text=text, model=model or "champion", **chosen))

    async def models(self) -> Models:
        if self.trouble:
            raise self.trouble
        return MODELS


def asked(state: PredictState) -> PredictState:
    # In a thread of its own: Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.ask()).result()
    return state


def choose(state: PredictState, model: str) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.choose(model)).result()


def test_each_line_with_text_is_one_comment() -> None:
    judge = Judge()
    state = asked(PredictState(judge, USER, text="  Très bien \n\n \t\nJamais reçu\r\n"))
    assert judge.asked == [["Très bien", "Jamais reçu"]]
    assert [text for text, _ in state.answers] == ["Très bien", "Jamais reçu"]


def test_all_models_answer_after_their_ensemble() -> None:
    state = asked(PredictState(Judge(), USER, text="Très bien"))
    ((_, votes),) = state.answers
    assert [vote.model for vote in votes] == ["ensemble", "gbc", "svm", "ann"]


def test_one_model_answers_alone() -> None:
    state = asked(PredictState(Judge(), USER, text="Très bien", model="svm"))
    ((_, votes),) = state.answers
    assert [vote.model for vote in votes] == ["svm"]


def test_nothing_is_asked_for_an_empty_text() -> None:
    judge = Judge()
    state = asked(PredictState(judge, USER, text=" \n "))
    assert judge.asked == []
    assert state.answers == []


def test_a_service_that_is_down_is_said_and_the_next_question_is_free() -> None:
    judge = Judge(SatispyError("http://127.0.0.1:3000 does not answer"))
    state = asked(PredictState(judge, USER, text="Très bien"))
    assert state.trouble is judge.trouble
    assert not state.asking
    judge.trouble = None
    asked(state)
    assert state.trouble is None
    assert len(state.answers) == 1


def test_nothing_promoted_yet_is_not_called_a_failure() -> None:
    assert "satispy upload" in explained(NoModel("nothing is promoted yet"))
    assert "satispy status" in explained(SatispyError("connection refused"))


def test_few_comments_are_shown_in_full_and_many_in_one_table() -> None:
    state = PredictState(Judge(), USER, text="Très bien")
    page = PredictPage(state)
    shown = page._answers
    asked(state)
    assert "<blockquote>Très bien</blockquote>" in shown.object
    state.text = "\n".join(f"avis {number}" for number in range(12))
    asked(state)
    assert "blockquote" not in shown.object
    assert "12 commentaires" in shown.object


def test_a_comment_is_never_taken_for_markup() -> None:
    state = PredictState(Judge(), USER, text="<img src=x onerror=alert(1)> bien")
    page = PredictPage(state)
    asked(state)
    assert "<img" not in page._answers.object


def test_one_comment_alone_is_explained_by_the_model_that_was_asked() -> None:
    judge = Judge()
    state = asked(PredictState(judge, USER, text="Très bien", model="svm", version="v00001-aa"))
    assert judge.explained == [("Très bien", "svm", "v00001-aa")]
    assert judge.versions == ["v00001-aa"]
    page = PredictPage(state)
    asked(state)
    assert "Les mots qui ont pesé" in page._explanation.html


def test_of_all_models_the_champion_explains_itself() -> None:
    judge = Judge()
    asked(PredictState(judge, USER, text="Très bien"))
    assert judge.explained == [("Très bien", "", "")]


def test_many_comments_or_an_unknown_one_are_not_explained() -> None:
    judge = Judge()
    asked(PredictState(judge, USER, text="Très bien\nTrès mal"))
    asked(PredictState(judge, USER, text="Xyzzy"))
    assert judge.explained == []


def test_choosing_a_model_offers_its_versions_newest_first() -> None:
    state = PredictState(Judge(), USER)
    choose(state, "gbc")
    assert [stored.dataset_version for stored in state.versions] == [3, 2, 1]
    labels = list(version_options(state.versions).items())
    assert labels[0] == ("En service (v00003-0badcafe)", "")
    assert [version for _, version in labels[1:]] == ["v00002-0badcafe", "v00001-0badcafe"]
    state.version = "v00001-0badcafe"
    choose(state, "all")
    assert (state.version, state.versions) == ("", [])


def test_versions_that_cannot_be_read_are_said() -> None:
    judge = Judge(SatispyError("no answer"))
    state = PredictState(judge, USER)
    choose(state, "gbc")
    assert state.trouble is judge.trouble


def test_an_empty_text_takes_the_old_answer_away() -> None:
    state = PredictState(Judge(), USER, text="Jamais reçu")
    page = PredictPage(state)
    asked(state)
    assert page._answers.object
    state.text = " "
    asked(state)
    assert (page._answers.object, page._explanation.html) == ("", "")
    assert state.answers == state.explanations == []


def test_any_two_versions_answer_side_by_side_each_with_its_words() -> None:
    judge = Judge()
    state = PredictState(judge, USER, text="Jamais reçu")
    page = PredictPage(state)
    choose(state, PAIR)
    assert state.pair == ("satispy-gbc:v00003-0badcafe", "satispy-gbc:v00002-0badcafe")
    assert len(pair_options(state.versions)) == 9
    state.pair = ("satispy-gbc:v00003-0badcafe", "satispy-svm:v00001-0badcafe")
    asked(state)
    ((_, votes),) = state.answers
    assert [(vote.model, vote.label) for vote in votes] == [
        ("gbc", "negative"),
        ("svm", "positive"),
    ]
    assert differing(state) == 1
    assert [tag for _, *tag in judge.explained] == [
        ["gbc", "v00003-0badcafe"], ["svm", "v00001-0badcafe"]
    ]  # fmt: skip
    assert "diffèrent sur 1 commentaire de 1" in page._answers.object
    assert "Les mots qui ont pesé pour satispy-svm:v00001-0badcafe" in page._explanation.html
    state.text = "\n".join(["Très bien", "Jamais reçu", "Nul", "Parfait"])
    asked(state)
    assert page._answers.object.count('class="differs"') == 2


class Machine:
    """Gives the file back in two parts."""

    def __init__(self, trouble: SatispyError | None = None) -> None:
        self.asked: list[tuple[bytes, str, str]] = []
        self.trouble = trouble

    def predict_csv(
        self,
        source: Path,
        target: Path,
        model: str = "",
        version: str = "",
        *,
        arrived: Callable[[bytes], object] = print,
    ) -> int:
        self.asked.append((source.read_bytes(), model, version))
        if self.trouble:
            raise self.trouble
        for part in (b"one\n", b"two\n"):
            arrived(part)
        target.write_bytes(b"one\ntwo\n")
        return 1


def scored(machine: Machine, name: str, content: bytes, permits: Permits = USER) -> ScoringState:
    state = ScoringState(lambda: machine, permits)
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.score(name, content, "svm", "v00001-aa")).result()
    assert not state.busy
    return state


def test_whose_visit_has_ended_asks_nothing_of_the_models() -> None:
    judge = Judge()
    state = asked(PredictState(judge, nobody(), text="Très bien"))
    assert isinstance(state.trouble, Forbidden)
    assert (judge.asked, state.answers) == ([], [])
    assert "session est terminée" in explained(state.trouble)


def test_a_bucket_that_does_not_answer_keeps_nobody_from_predicting() -> None:
    def gone(*_: object) -> Visitor:
        raise StorageUnreachable("s3://satispy does not answer")

    state = asked(PredictState(Judge(), Permits(USER.visitor, gone), text="Très bien"))
    assert state.answers


def test_a_file_is_scored_by_the_model_that_was_chosen() -> None:
    machine = Machine()
    state = scored(machine, r"C:\Avis\mars.csv", b"Commentaire\nbien\n")
    assert machine.asked == [(b"Commentaire\nbien\n", "svm", "v00001-aa")]
    assert state.result
    assert state.result.read_bytes() == b"one\ntwo\n"
    assert (state.done, state.unread, state.filename) == (100, 1, "mars_predictions.csv")


@pytest.mark.parametrize(
    ("name", "size", "permits", "error"),
    [
        ("mars.xlsx", 10, USER, UnsuitableFile),
        ("mars.csv", (20 << 20) + 1, USER, UnsuitableFile),
        ("mars.csv", 10, nobody(), Forbidden),
    ],
)
def test_what_may_not_be_scored_is_not_sent(
    name: str, size: int, permits: Permits, error: type[SatispyError]
) -> None:
    machine = Machine()
    state = scored(machine, name, b"x" * size, permits)
    assert isinstance(state.trouble, error)
    assert (machine.asked, state.result) == ([], None)


def test_a_file_that_the_service_cannot_read_comes_with_the_reason_in_sight() -> None:
    machine = Machine()
    machine.trouble = RequestRefused("Line 2 cannot be read: the row has one cell too many")
    state = ScoringState(lambda: machine, USER)
    page = Scoring(state, PredictState(machine, USER))
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.score("mars.csv", b"a\n", "", "")).result()
    assert "pas pu lire mars.csv" in page._said.html
    assert "<details open>" in page._said.html
    assert "Line 2 cannot be read" in page._said.html


def test_a_file_that_is_refused_leaves_no_result_of_the_one_before() -> None:
    machine = Machine()
    state = scored(machine, "mars.csv", b"a\n")
    machine.trouble = SatispyError("no column")
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.score("avril.csv", b"b\n", "", "")).result()
    assert state.result is None
    assert state.trouble is machine.trouble
