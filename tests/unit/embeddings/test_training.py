import random
import subprocess
import sys

import numpy as np
import pytest

from satispy.embeddings import TrainingSettings, train
from satispy.errors import SatispyError

QUICK = TrainingSettings(dim=16, iterations=20)


def sentences(seed: int = 1) -> list[list[str]]:
    """Two worlds of words that never meet."""
    draw = random.Random(seed)  # noqa: S311 - test data, not a secret
    worlds = [["chat", "chien", "lapin", "souris"], ["vis", "clou", "marteau", "pince"]]
    return [draw.choices(worlds[i % 2], k=8) for i in range(300)]


def cosine(vectors, one, other):
    a, b = vectors.table[vectors.rows([one, other])]
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_words_of_the_same_company_become_neighbours():
    vectors = train(sentences(), seed=3, settings=QUICK)
    assert cosine(vectors, "chat", "chien") > cosine(vectors, "chat", "marteau") + 0.3


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    first, again, other = (train(sentences(), seed, QUICK) for seed in (3, 3, 4))
    assert first.digest == again.digest != other.digest


def test_training_leaves_the_random_generators_alone():
    before = np.random.get_state()[1].tolist(), random.getstate()
    train(sentences(), seed=3, settings=QUICK)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before


def test_rare_words_are_left_out_and_the_most_frequent_comes_first():
    vectors = train([["oui"] * 4 + ["non"] * 3 + ["bof"] * 2], settings=QUICK)
    assert list(vectors.vocabulary) == ["oui", "non"]


def test_too_little_text_is_said_so():
    with pytest.raises(SatispyError, match="too little text"):
        train([["un"], []])


def test_importing_the_room_imports_numpy_only():
    code = (
        "import sys, satispy.embeddings; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'wikipedia2vec','marisa_trie','sklearn','scipy','boto3','obstore','rich','httpx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
