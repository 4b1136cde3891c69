"""A whole retrain on generated reviews, on a folder instead of S3."""

import json
from pathlib import Path

import pytest

from bentos.follower import Follower
from satispy.models.parameters import AnnParameters, GbcParameters, Parameters
from satispy.models.training.native import unpack
from satispy.registry import pointer
from satispy.registry.archives import native_key
from satispy.registry.store import ModelStore
from satispy.reports import store as reports
from satispy.reports.schema import Report
from satispy.retraining.whole import retrain
from satispy.reviews import ReviewTable, merge_upload
from satispy.runs.split import on_test_side
from satispy.storage import Store

SMALL = Parameters(
    gbc=GbcParameters(members=2, trees=20, min_df=2, min_rows=2),
    ann=AnnParameters(members=2, epochs=3, hidden=(8,)),
)
PRAISE = ("livraison rapide", "très contente", "parfait", "super produit", "je recommande ce site")
BLAME = ("jamais reçu", "produit nul", "aucune réponse de la boutique", "arnaque", "très déçu")


def made_up_reviews(rows: int) -> bytes:
    lines = ["inID,Commentaire,star,source,company,index_org,star_org,date"]
    for row in range(rows):
        good = row % 3 > 0
        words = PRAISE if good else BLAME
        text = f"{words[row % 5]} et {words[row // 5 % 5]} commande du {row % 40}"
        star = 5 if good else 1
        lines.append(f"{row},{text},{star},TrustPilot,ShowRoom,{row},{star},02/03/2021")
    return "\n".join(lines).encode()


class Ran:
    """One retrain, shared by the tests below: it takes seconds."""

    def __init__(self, home: Path) -> None:
        self.store = Store.folder(home / "bucket")
        self.models = ModelStore(home / "bentoml")
        self.store.write("uploads/first.csv", made_up_reviews(300))
        version = merge_upload(self.store, "uploads/first.csv").dataset_version
        assert version is not None
        self.report: Report = retrain(
            self.store,
            self.models,
            f"v{version:05d}",
            version,
            primer=False,  # thousands of rows more would take minutes: test_primed.py
            parameters=SMALL,
        )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("retrain"))


def test_a_retrain_reports_three_families(ran: Ran) -> None:
    assert set(ran.report.models) == {"gbc", "svm", "ann"}
    assert ran.report.train_rows == 240
    assert ran.report.test_rows == 60
    assert reports.all(ran.store) == [ran.report]


def test_the_first_of_each_family_serves(ran: Ran) -> None:
    serving = pointer.read(ran.store)
    assert {f: p.tag for f, p in serving.families.items()} == {
        f: m.tag for f, m in ran.report.models.items()
    }
    assert serving.default_model in serving.families


def test_a_promoted_model_answers_from_the_store_and_from_its_archive(
    ran: Ran, tmp_path: Path
) -> None:
    elsewhere = ModelStore(tmp_path)
    for production in pointer.read(ran.store).families.values():
        elsewhere.fetch(production.tag, ran.store)
        here, there = ran.models.load(production.tag), elsewhere.load(production.tag)
        texts = ["produit nul, jamais reçu", "parfait, je recommande", ""]
        assert here.predict(texts) == there.predict(texts)
        assert here.digest == production.digest


def test_the_model_of_aspects_serves_beside_the_families_and_has_an_archive(
    ran: Ran, tmp_path: Path
) -> None:
    serving = pointer.read(ran.store).aspects
    assert serving is not None
    assert serving.run == ran.report.run
    elsewhere = ModelStore(tmp_path)
    elsewhere.fetch(serving.tag, ran.store)
    assert elsewhere.aspects(serving.tag).digest == serving.digest
    lineup = Follower(ran.store, elsewhere, 1.0)
    lineup.look()
    assert lineup.lineup.aspects is not None
    assert lineup.lineup.aspects.tag == serving.tag


def test_the_objects_of_the_trainers_are_kept_for_research(ran: Ran, tmp_path: Path) -> None:
    for family, members in (("gbc", 2), ("svm", 4), ("ann", 2)):
        archive = ran.store.download(
            native_key(ran.report.models[family].tag), tmp_path / f"{family}.zip"
        )
        assert len(unpack(archive, tmp_path / family)) == members


def test_a_text_with_no_known_word_is_unknown_at_the_base_rate(ran: Ran) -> None:
    for family in ran.report.models.values():
        model = ran.models.load(family.tag)
        for prediction in model.predict(["", "  ", "!!!", "wxyzq"]):
            assert prediction.label == "unknown"
            assert prediction.probability == model.base_rate


def test_the_models_say_what_made_them(ran: Ran) -> None:
    saved = ran.models.describe(ran.report.models["svm"].tag)
    assert saved.labels["run"] == ran.report.run
    assert saved.metadata["dataset_version"] == ran.report.dataset_version
    assert saved.metadata["embedding"] == ran.report.embedding
    assert saved.metadata["origin"] == ran.report.models["svm"].origin.model_dump()


def test_the_service_tells_how_each_version_scored(ran: Ran) -> None:
    told = {version.tag: version for version in Follower(ran.store, ran.models, 1.0).versions()}
    for model in ran.report.models.values():
        metrics = told[model.tag].metrics
        assert metrics["origin"].accuracy == model.origin.accuracy
        assert metrics["unseen"].f1_0 == model.unseen.f1_0


def test_every_stage_tells_those_who_watch_that_it_is_done(ran: Ran) -> None:
    for stage in ("prepare", "gbc", "svm", "ann", "publish"):
        told = json.loads(ran.store.read(f"runs/{ran.report.run}/progress/{stage}.json"))
        assert told["state"] == "done"


def test_an_alert_is_raised_exactly_when_a_requirement_is_missed(ran: Ran) -> None:
    expected = {f for f, m in ran.report.models.items() if not m.origin.meets_requirement()}
    assert {missed.family for missed in ran.report.alerts} == expected


def test_the_same_seed_and_version_give_the_same_digests_and_metrics(ran: Ran) -> None:
    version = ran.report.dataset_version
    run = f"v{version:05d}-2"
    again = retrain(ran.store, ran.models, run, version, primer=False, parameters=SMALL)
    for family, first in ran.report.models.items():
        second = again.models[family]
        assert second.origin == first.origin
        assert second.tag.rpartition("-")[2] == first.tag.rpartition("-")[2]
        assert second.decision is not None
        assert all((by.low, by.high) == (0, 0) for by in second.decision.gain.values())


def test_of_more_reviews_than_it_may_read_a_retrain_learns_from_the_newest(ran: Ran) -> None:
    version = ran.report.dataset_version
    report = retrain(
        *(ran.store, ran.models, f"v{version:05d}-3", version),
        primer=False,
        max_rows=150,
        parameters=SMALL,
    )
    assert report.rows == 300
    assert report.train_rows + report.test_rows <= 150
    assert report.left_out_rows >= 150
    tag = report.models["svm"].tag
    model = ran.models.describe(tag).metadata
    reviews = ReviewTable(ran.store).read(model["dataset_version"], model["max_rows"])
    assert min(reviews.numbers) >= 150
    assert (~on_test_side(model["split"], reviews.ids)).sum() == report.train_rows
