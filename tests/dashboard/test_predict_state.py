"""What is asked of the service and what is said of its answers, without a browser."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from made_up_service import answer

from satispy.client.types import Prediction, PredictRequest
from satispy.dashboard.pages.predict import PredictPage, PredictState, explained
from satispy.errors import NoModel, SatispyError


class Judge:
    """Answers at once, and keeps what it was asked."""

    def __init__(self, trouble: SatispyError | None = None) -> None:
        self.asked: list[list[str]] = []
        self.trouble = trouble

    async def predict(self, texts: Sequence[str], model: str) -> Sequence[Prediction]:
        self.asked.append(list(texts))
        if self.trouble:
            raise self.trouble
        return answer(PredictRequest(texts=list(texts), model=model)).predictions


def asked(state: PredictState) -> PredictState:
    # In a thread of its own: Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.ask()).result()
    return state


def test_each_line_with_text_is_one_comment() -> None:
    judge = Judge()
    state = asked(PredictState(judge, text="  Très bien \n\n \t\nJamais reçu\r\n"))
    assert judge.asked == [["Très bien", "Jamais reçu"]]
    assert [text for text, _ in state.answers] == ["Très bien", "Jamais reçu"]


def test_all_models_answer_after_their_ensemble() -> None:
    state = asked(PredictState(Judge(), text="Très bien"))
    ((_, votes),) = state.answers
    assert [vote.model for vote in votes] == ["ensemble", "gbc", "svm", "ann"]


def test_one_model_answers_alone() -> None:
    state = asked(PredictState(Judge(), text="Très bien", model="svm"))
    ((_, votes),) = state.answers
    assert [vote.model for vote in votes] == ["svm"]


def test_nothing_is_asked_for_an_empty_text() -> None:
    judge = Judge()
    state = asked(PredictState(judge, text=" \n "))
    assert judge.asked == []
    assert state.answers == []


def test_a_service_that_is_down_is_said_and_the_next_question_is_free() -> None:
    judge = Judge(SatispyError("http://127.0.0.1:3000 does not answer"))
    state = asked(PredictState(judge, text="Très bien"))
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
    state = PredictState(Judge(), text="Très bien")
    page = PredictPage(state)
    shown = page.layout[-1]
    asked(state)
    assert "<blockquote>Très bien</blockquote>" in shown.object
    state.text = "\n".join(f"avis {number}" for number in range(12))
    asked(state)
    assert "blockquote" not in shown.object
    assert "12 commentaires" in shown.object


def test_a_comment_is_never_taken_for_markup() -> None:
    state = PredictState(Judge(), text="<img src=x onerror=alert(1)> bien")
    page = PredictPage(state)
    asked(state)
    assert "<img" not in page.layout[-1].object
