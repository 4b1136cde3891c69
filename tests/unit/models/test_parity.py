"""What is served says what the trainers' own objects say."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack

from satispy.embeddings import WordVectors
from satispy.errors import BrokenArtefact
from satispy.language.corpus import Corpus
from satispy.models.bag import BagOfWords
from satispy.models.families import load
from satispy.models.parameters import AnnParameters, GbcParameters, SvmParameters
from satispy.models.polarity import Polarity
from satispy.models.pooling import Pooling
from satispy.models.sentiment import judged
from satispy.models.training import ann, gbc, native, svm
from satispy.models.training.counted import sparse_counts, vocabulary
from satispy.models.training.polarity import fit_polarity
from satispy.models.training.pooled import fit_pooling
from satispy.models.training.rows import Fitted, TrainingRows, assign_folds

WORDS = [f"mot{letter}" for letter in "abcdefghijklmnopqrst"]


def made_up_rows(rows: int = 240) -> TrainingRows:
    """Texts of random words; the first ten words are praise, the others blame, with some noise."""
    random = np.random.default_rng(3)
    documents, labels = [], []
    for _ in range(rows):
        label = random.random() < 0.6
        pool = WORDS[:13] if label else WORDS[7:]
        documents.append(list(random.choice(pool, size=random.integers(1, 12))))
        labels.append(int(label))
    table = random.normal(size=(len(WORDS), 6)).astype(np.float32)
    folds = assign_folds([" ".join(d) for d in documents], seed=0)
    return TrainingRows(Corpus.of(documents), np.array(labels), folds, WordVectors(WORDS, table))


ROWS = made_up_rows()


def pooled_features() -> np.ndarray:
    pooling, _ = fit_pooling(ROWS)
    features, _ = pooling.read(ROWS.documents, pooling.finder.read(ROWS.documents))
    return features


def gbc_features() -> Any:
    bag = BagOfWords(vocabulary(ROWS.documents, 2))
    polarity, _ = fit_polarity(ROWS)
    columns = csr_matrix(polarity.read(ROWS.documents).columns)
    return hstack([sparse_counts(bag, ROWS.documents), columns], format="csr")


def saved_margins(fitted: Fitted, folder: Path) -> np.ndarray:
    fitted.save(folder / "model", ROWS, seed=0)
    assert ROWS.vectors is not None
    ROWS.vectors.save(folder / "vectors")
    model = load(folder / "model", folder / "vectors")
    vectorizer = model.vectorizer
    features, _ = vectorizer.read(ROWS.documents, vectorizer.finder.read(ROWS.documents))
    return model.classifier.margins(features)


def test_saved_trees_say_what_lightgbm_says(tmp_path: Path) -> None:
    fitted = gbc.fit(ROWS, GbcParameters(trees=30, min_df=2, min_rows=3), seed=0)
    counts = gbc_features()
    native = np.mean([m.predict(counts, raw_score=True) for m in fitted.native], axis=0)
    assert np.abs(saved_margins(fitted, tmp_path) - native).max() < 1e-5


def test_what_the_members_of_a_machine_share_is_packed_once(tmp_path: Path) -> None:
    fitted = svm.fit(ROWS, SvmParameters(exact_up_to=10, landmarks=100), seed=0)
    one = replace(fitted, native=fitted.native[:1])
    first, every = (
        native.pack(each, tmp_path / name) for each, name in ((one, "first"), (fitted, "every"))
    )
    assert every.stat().st_size < len(fitted.native) / 2 * first.stat().st_size
    assert len(native.unpack(every, tmp_path)) == len(fitted.native)


@pytest.mark.parametrize("exact_up_to", [1_000, 10])
@pytest.mark.parametrize("dimensions", [1_000, 5])
def test_a_saved_kernel_says_what_scikit_learn_says(
    tmp_path: Path, exact_up_to: int, dimensions: int
) -> None:
    parameters = SvmParameters(
        members=3, exact_up_to=exact_up_to, landmarks=40, dimensions=dimensions
    )
    fitted = svm.fit(ROWS, parameters, seed=0)
    features = pooled_features().astype(float)
    native = [member.decision_function(features) for member in fitted.native]
    # In single precision; coefficients of rows as alike as these nearly cancel each other.
    assert np.abs(saved_margins(fitted, tmp_path) - np.mean(native, axis=0)).max() < 1e-4


def test_members_that_share_a_sample_of_the_rows_answer_by_it_alone() -> None:
    fitted = svm.fit(ROWS, SvmParameters(members=3, exact_up_to=10, landmarks=40), seed=0)
    # Two rows of one text are one vector where rounding leaves them equal.
    assert 30 < len(fitted.arrays["support_vectors"]) <= 40


def test_a_saved_network_says_what_keras_says(tmp_path: Path) -> None:
    fitted = ann.fit(ROWS, AnnParameters(epochs=3, hidden=(8, 4)), seed=0)
    features = pooled_features()
    native = [member.predict(features, verbose=0)[:, 0] for member in fitted.native]
    assert np.abs(saved_margins(fitted, tmp_path) - np.mean(native, axis=0)).max() < 1e-5


def test_kept_objects_say_what_they_said_when_they_were_trained(tmp_path: Path) -> None:
    counts = gbc_features()
    features = pooled_features()
    for fitted, said in (
        (
            gbc.fit(ROWS, GbcParameters(trees=5, min_df=2, min_rows=3), seed=0),
            lambda member: member.predict(counts, raw_score=True),
        ),
        (svm.fit(ROWS, SvmParameters(), seed=0), lambda member: member.decision_function(features)),
        (
            ann.fit(ROWS, AnnParameters(epochs=1, hidden=(4,)), seed=0),
            lambda member: member.predict(features, verbose=0),
        ),
    ):
        archive = native.pack(fitted, tmp_path / fitted.family)
        kept = native.unpack(archive, tmp_path / f"{fitted.family}-kept")
        assert len(kept) == len(fitted.native) > 1
        for before, after in zip(fitted.native, kept, strict=True):
            assert np.array_equal(said(before), said(after))


def test_the_same_seed_gives_the_same_digest(tmp_path: Path) -> None:
    parameters = GbcParameters(trees=10, min_df=2, min_rows=3)
    digests = {
        gbc.fit(ROWS, parameters, seed=5).save(tmp_path / str(turn), ROWS, seed=5)
        for turn in range(2)
    }
    assert len(digests) == 1


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    gbc.fit(ROWS, GbcParameters(trees=3, min_df=2), seed=0).save(tmp_path, ROWS, seed=0)
    value = np.load(tmp_path / "value.npy")
    np.save(tmp_path / "value.npy", value + 1e-9)
    with pytest.raises(BrokenArtefact, match="not the file that was saved"):
        load(tmp_path)


def test_a_model_refuses_other_word_vectors_than_its_own(tmp_path: Path) -> None:
    svm.fit(ROWS, SvmParameters(), seed=0).save(tmp_path / "model", ROWS, seed=0)
    WordVectors(WORDS, np.zeros((len(WORDS), 6), np.float32)).save(tmp_path / "others")
    with pytest.raises(BrokenArtefact, match="pins"):
        load(tmp_path / "model", tmp_path / "others")


def test_twins_share_a_fold() -> None:
    keys = [f"avis {row % 30}" for row in range(90)]
    folds = assign_folds(keys, seed=1)
    assert all(len(set(folds[row::30])) == 1 for row in range(30))


def test_models_that_share_what_reads_a_text_read_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = tmp_path / "vectors"
    assert ROWS.vectors is not None
    ROWS.vectors.save(vectors)
    trees = GbcParameters(trees=5, min_df=2, min_rows=3)
    for fitted in (
        gbc.fit(ROWS, trees, seed=0),
        svm.fit(ROWS, SvmParameters(), seed=0),
        ann.fit(ROWS, AnnParameters(epochs=1, hidden=(4,)), seed=0),
    ):
        fitted.save(tmp_path / fitted.family, ROWS, seed=0)
    every = [load(tmp_path / family, vectors) for family in ("gbc", "svm", "ann")]
    apart = [model.probabilities(ROWS.documents) for model in every]
    reads = []
    for of in (Pooling, Polarity):
        monkeypatch.setattr(
            of, "read", lambda *a, of=of, read=of.read: reads.append(of) or read(*a)
        )
    together = judged(every, ROWS.documents)
    assert all(map(np.array_equal, together, map(np.array, zip(*apart, strict=True))))
    assert sorted(reads, key=str) == [Polarity, Pooling]
