"""How the origin predicted: for each text, read the pickled models and the word vectors again.

Files of the origin's kinds and sizes are made first; only a prediction is timed. Its network is
left out (TensorFlow alone takes seconds to load), which favours the origin.
"""

import os
import pickle
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.svm import SVC

from benchmarks._served import texts

WORDS = int(os.environ.get("ORIGIN_WORDS", "2500000"))
DIM = 100


def main() -> None:
    sample = texts(400)
    labels = np.arange(len(sample)) % 2
    rng = np.random.default_rng(20)
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        words = {f"mot{n}": n for n in range(WORDS)}
        joblib.dump({"words": words, "syn0": rng.random((WORDS, DIM), np.float32)}, at / "wiki.pkl")
        pattern = r"[a-zéèêàâîïàùçôëûæœ]{2,}"
        vectorizer = CountVectorizer(token_pattern=pattern)
        bag = vectorizer.fit_transform(sample).toarray()
        forest = GradientBoostingClassifier(n_estimators=100, learning_rate=1.0, max_depth=1)
        (at / "gbc.pkl").write_bytes(pickle.dumps((vectorizer, forest.fit(bag, labels))))
        machine = SVC(C=100, gamma=1).fit(rng.random((4000, DIM)), np.arange(4000) % 2)
        (at / "svm.pkl").write_bytes(pickle.dumps(machine))
        del words, machine, forest

        seconds = []
        for text in sample[:3]:
            start = time.perf_counter()
            predict(at, text)
            seconds.append(time.perf_counter() - start)
    print(min(seconds))


def predict(at: Path, text: str) -> None:
    vectorizer, forest = pickle.loads((at / "gbc.pkl").read_bytes())  # noqa: S301  made just above
    forest.predict(vectorizer.transform([text]).toarray())
    vectors = joblib.load(at / "wiki.pkl")
    rows = [vectors["words"].get(word, 0) for word in text.split()]
    found = [vectors["syn0"][row] for row in rows]
    pickle.loads((at / "svm.pkl").read_bytes()).predict([np.mean(found, axis=0)])  # noqa: S301


if __name__ == "__main__":
    main()
