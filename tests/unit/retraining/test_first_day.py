"""A shop with a handful of reviews has models on its first day."""

from pathlib import Path

from test_whole_retrain import SMALL

from satispy.registry.store import ModelStore
from satispy.retraining.whole import retrain
from satispy.reviews import merge_upload
from satispy.storage import Store

SAID = [
    (5, "ravissante cette robe"), (5, "livraison au top"), (4, "merci"), (5, "très bien"),
    (1, "colis perdu"), (2, "décevant"), (1, "jamais remboursée"), (5, "parfait comme toujours"),
]  # fmt: skip


def reviews(rows: int) -> bytes:
    lines = ["Commentaire,star,source,company"]
    for row in range(rows):
        star, text = SAID[row % len(SAID)]
        lines.append(f"{text} {'bis ' * (row // len(SAID))},{star},site,boutique")
    return "\n".join(lines).encode()


def test_eight_reviews_make_three_models_and_a_report(tmp_path: Path) -> None:
    store, models = Store.folder(tmp_path / "bucket"), ModelStore(tmp_path / "bentoml")
    store.write("uploads/first.csv", reviews(8))
    assert merge_upload(store, "uploads/first.csv").added == 8
    report = retrain(store, models, "v00001", 1, parameters=SMALL)
    assert report.primer is not None
    assert set(report.baselines) == {"majority", "source", "company", "length", "linear"}
    texts = ["la boutique ne répond plus à mes messages", "très bien, je suis ravie"]
    answers = [
        [answer.probability for answer in models.load(model.tag).predict(texts)]
        for model in report.models.values()
    ]
    blame, praise = (sum(said) / len(said) for said in zip(*answers, strict=True))
    assert blame < 0.5 < praise
