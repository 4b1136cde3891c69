"""Two models compared by an admin, on a dataset of reviews and what a made-up service says."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_up_reports import make_report
from signed_in import ADMIN, USER

from satispy.client.types import Prediction
from satispy.dashboard.door.permits import Permits
from satispy.dashboard.feed import Snapshot
from satispy.dashboard.pages import comparing as page_module
from satispy.dashboard.pages.comparing import Comparing, ComparingState
from satispy.errors import Forbidden, SatispyError
from satispy.registry.pointer import Production, Promoted
from satispy.reviews import merge_upload
from satispy.storage import Store

REPORTS = (make_report(1), make_report(2))
GOOD, BAD = (report.models["gbc"].tag for report in reversed(REPORTS))
SERVING = Promoted(
    families={
        "gbc": Production(
            tag=BAD, archive="", digest="", run="v00001", dataset_version=1,
            since=datetime.now(UTC), accuracy=0.9,
        )
    }
)  # fmt: skip


class Service:
    """The model of v00002 knows what « nul » means; the one of v00001 finds everything good."""

    def __init__(self) -> None:
        self.asked = 0

    def predict(self, texts: Sequence[str], model: str, version: str) -> list[Prediction]:
        self.asked += len(texts)
        return [
            Prediction(
                label="positive", known_words=3, model="gbc", tag=version, dataset_version=1,
                probability=0.1 if "nul" in text and version.startswith("v00002") else 0.9,
            )
            for text in texts
        ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.folder(tmp_path / "bucket")
    words, stars = ("bien", "nul"), (5, 1)
    rows = [
        f"{words[n % 2]} numéro {'abcdefghij'[n % 10] * (n // 10 + 1)},{stars[n % 2]}"
        for n in range(400)
    ]
    content = "\n".join(["Commentaire,star", *rows, ""])
    store.write("uploads/a.csv", content.encode())
    merge_upload(store, "uploads/a.csv")
    return store


@pytest.fixture(autouse=True)
def _archived(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the models were saved with, whose archives BentoML writes."""
    about = {"origin": {}, "dataset_version": 1, "rows": 400, "split": "identity"}
    monkeypatch.setattr(page_module, "archived_metadata", lambda store, tag: about)


def compared(store: Store, service: Service, permits: Permits = ADMIN) -> ComparingState:
    state = ComparingState(lambda: store, lambda: service, permits)
    page = Comparing(state)
    state.snapshot = Snapshot(reports=REPORTS, promoted=SERVING, read=True)
    assert page._first.options == state.models
    state.param.update(first=BAD, second=GOOD)
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.compare()).result()
    state.page = page  # type: ignore[attr-defined]
    return state


def test_the_second_model_is_better_beyond_noise_on_rows_that_neither_learned(
    store: Store,
) -> None:
    service = Service()
    state = compared(store, service)
    assert not state.trouble
    _first, _second, found = state.found
    assert 40 < found.rows < 130
    assert service.asked == 2 * found.rows
    assert found.gains["accuracy"].low > 0.2
    assert found.scores[1].accuracy == 1.0
    html = state.page._said.html  # type: ignore[attr-defined]
    assert html.count("▲ meilleur") == 3
    assert "qu’aucun des deux n’a appris" in html


def test_what_serves_is_marked_and_the_newest_stand_first(store: Store) -> None:
    labels = list(compared(store, Service()).models)
    assert labels[0].split(" · ")[1].startswith("v00002")
    assert [label for label in labels if label.endswith("en service")] == [
        label for label in labels if BAD.partition(":")[2] in label
    ]


def test_the_tenth_run_by_hand_stands_before_the_second() -> None:
    def trained(run: str) -> object:
        model = REPORTS[0].models["gbc"].model_copy(update={"tag": f"satispy-gbc:{run}-0bad"})
        return REPORTS[0].model_copy(update={"run": run, "models": {"gbc": model}})

    snapshot = Snapshot(reports=(trained("v00003-2"), trained("v00003-10")), read=True)
    state = ComparingState(lambda: Store(None), Service, ADMIN, snapshot=snapshot)  # type: ignore[arg-type]
    assert state.obvious == ("satispy-gbc:v00003-2-0bad", "satispy-gbc:v00003-10-0bad")


def test_who_may_not_asks_nothing_of_the_service(store: Store) -> None:
    service = Service()
    state = compared(store, service, USER)
    assert isinstance(state.trouble, Forbidden)
    assert (service.asked, state.found) == (0, None)


def test_models_that_were_not_offered_are_not_compared(store: Store) -> None:
    service = Service()
    state = compared(store, service)
    asked = service.asked
    state.param.update(first="satispy-gbc:../../accounts", second=GOOD)
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, state.compare()).result()
    assert service.asked == asked


def test_a_dataset_that_is_no_longer_kept_is_said(store: Store, tmp_path: Path) -> None:
    state = compared(Store.folder(tmp_path / "empty"), Service())
    assert isinstance(state.trouble, SatispyError)
    assert "La comparaison n’a pas abouti" in state.page._said.html  # type: ignore[attr-defined]


def test_the_newest_model_is_offered_beside_what_serves_of_its_family() -> None:
    snapshot = Snapshot(reports=REPORTS, promoted=SERVING, read=True)
    state = ComparingState(lambda: Store(None), Service, ADMIN, snapshot=snapshot)  # type: ignore[arg-type]
    first, second = state.obvious
    assert "v00002" in second
    assert "v00001" in first
    assert first.partition(":")[0] == second.partition(":")[0]
    state.snapshot = Snapshot()
    assert state.obvious == ("", "")
