"""Word vectors: convert, open and look up a 2.5 million × 100 table, beside Wikipedia2Vec.load.

WORDS (2500000) and DIM (100) set its size: it is made up, written by the wikipedia2vec package as
a native .pkl, then converted as `satispy embeddings use` does. Needs 4 GB of disk, for a minute.
Each reader is a process of its own: its memory (RSS) grows by what it touches only.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

WORDS = int(os.environ.get("WORDS", "2500000"))
DIM = int(os.environ.get("DIM", "100"))

# 20 texts of 30 words. Frequent words come first in both, as in the published files.
TEXTS = """
import random
draw = random.Random(1)
texts = [[f"mot{int(WORDS * draw.random() ** 4)}" for _ in range(30)] for _ in range(20)]
"""

OURS = """
import satispy.embeddings
started()
vectors = satispy.embeddings.WordVectors.open(pathlib.Path(path))
opened()
def look_up():
    for text in texts:
        rows = vectors.rows(text)
        vectors.take(rows[rows >= 0]).mean(axis=0)
"""

THEIRS = """
from wikipedia2vec import Wikipedia2Vec
started()
model = Wikipedia2Vec.load(path, MODE)
opened()
import numpy as np
def look_up():
    for text in texts:
        np.mean([model.get_word_vector(word) for word in text], axis=0)
"""

FRAME = """
import json, pathlib, sys, time
import psutil
WORDS, path = int(sys.argv[1]), sys.argv[2]
{texts}
rss = lambda: psutil.Process().memory_info().rss / 1e6
at = {{}}
def started(): at["begin"], at["before_mb"] = time.perf_counter(), rss()
def opened(): at["open_ms"] = (time.perf_counter() - at["begin"]) * 1e3
{reader}
for name in ("first_ms", "warm_ms"):
    begin = time.perf_counter()
    look_up()
    at[name] = (time.perf_counter() - begin) * 1e3
at["rss_mb"] = rss()
print(json.dumps(at))
"""


def read(reader: str, path: Path) -> dict[str, float]:
    """The best of three processes for each time, the largest memory."""
    code = FRAME.format(texts=TEXTS, reader=reader)
    command = [sys.executable, "-c", code, str(WORDS), str(path)]
    runs = [json.loads(subprocess.check_output(command)) for _ in range(3)]
    return {
        name: (max if name == "rss_mb" else min)(run[name] for run in runs)
        for name in ("open_ms", "first_ms", "warm_ms", "rss_mb")
    }


def write_model(path: Path) -> None:
    """As wikipedia2vec publishes it: words are numbered by its trie, counts tell the frequent."""
    from wikipedia2vec import Wikipedia2Vec
    from wikipedia2vec.dictionary import Dictionary, RecordTrie, Trie

    trie = Trie(f"mot{i}" for i in range(WORDS))
    stats = np.ones((WORDS, 2), np.int32)
    for word, row in trie.items():
        stats[row, 0] = WORDS - int(word[3:])
    meta = {"language": "fr", "lowercase": True, "build_params": {}, "uuid": "made up"}
    nothing = np.zeros((0, 2), np.int32)
    model = Wikipedia2Vec(Dictionary(trie, Trie(), RecordTrie("<I"), stats, nothing, **meta))
    model.syn0 = np.random.default_rng(1).random((WORDS, DIM), np.float32) - 0.5
    model.syn1 = np.zeros((1, DIM), np.float32)  # of no use to readers
    model.save(str(path))


def run() -> dict[str, Any]:
    from satispy.embeddings.published import convert

    with TemporaryDirectory(prefix="satispy-bench-") as scratch:
        native, folder = Path(scratch) / "model.pkl", Path(scratch) / "vectors"
        write_model(native)
        begin = time.perf_counter()
        convert(native, folder)
        seconds = time.perf_counter() - begin
        figures = {
            "satispy": read(OURS, folder),
            "wikipedia2vec mapped": read(THEIRS.replace("MODE", "'c'"), native),
            "wikipedia2vec in memory": read(THEIRS.replace("MODE", "None"), native),
        }
    print(f"{WORDS:,} words × {DIM}; 20 texts of 30 words; converted once in {seconds:.0f} s\n")
    print(f"{'':24} {'open':>10} {'first':>10} {'warm':>10} {'memory':>10}")
    for name, at in figures.items():
        print(
            f"{name:24} {at['open_ms']:7.1f} ms {at['first_ms']:7.1f} ms "
            f"{at['warm_ms']:7.2f} ms {at['rss_mb']:7.0f} MB"
        )
    ours, theirs = figures["satispy"], figures["wikipedia2vec in memory"]
    print(
        f"\nBeside the model in memory: opens {theirs['open_ms'] / ours['open_ms']:.0f} times as "
        f"fast, in {ours['rss_mb'] / theirs['rss_mb']:.0%} of the memory; pages are shared."
    )
    return {
        "words": WORDS,
        "dim": DIM,
        "convert_seconds": seconds,
        "open_ms": ours["open_ms"],
        "first_lookup_ms": ours["first_ms"],
        "warm_lookup_ms": ours["warm_ms"],
        "rss_mb": ours["rss_mb"],
        "readers": figures,
    }
