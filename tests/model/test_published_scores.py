"""The origin's GBC on our reading of the real reviews, beside the published figures."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from satispy.models.training.legacy import legacy_gbc, words_seen_once
from satispy.reports.metrics import POSITIVE_STARS, measure
from satispy.reviews import MergeRules, ReviewTable, merge_upload
from satispy.runs.split import on_test_side
from satispy.storage import Store

DATA = Path(os.environ.get("SATISPY_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = [DATA / "data_MAJ.csv", DATA / "new_data_test_1.csv"]
SCORES = DATA / "published_scores.csv"


@pytest.mark.skipif(
    not all(path.exists() for path in (*FILES, SCORES)),
    reason=f"needs the real reviews and published_scores.csv in {DATA}",
)
def test_the_published_scores_of_the_origins_gbc_are_met_to_one_review(tmp_path: Path) -> None:
    with SCORES.open(encoding="utf-8") as file:
        published = {
            int(row["dataset_rows"]): row for row in csv.DictReader(file) if row["model"] == "GBC"
        }
    store = Store.folder(tmp_path)
    updates = []
    for path in FILES:
        store.write(f"uploads/{path.name}", path)
        merge_upload(store, f"uploads/{path.name}", rules=MergeRules(mask=False))
        updates.append(ReviewTable(store).read())
    stop_words = words_seen_once(updates[-1].comments)
    for reviews in updates:
        labels = (np.array(reviews.stars) >= POSITIVE_STARS).astype(int)
        test = on_test_side("published", reviews.ids)
        answers = legacy_gbc(reviews.comments, labels, test, stop_words)
        ours = measure(labels[test], answers.astype(float))
        theirs = published[len(labels)]
        assert abs(ours.accuracy - float(theirs["accuracy"])) * test.sum() < 1.5  # one review
        assert ours.f1_0 == pytest.approx(float(theirs["f1_0"]), abs=0.001)
        assert ours.f1_1 == pytest.approx(float(theirs["f1_1"]), abs=0.001)
