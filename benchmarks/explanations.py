"""Which way words of clear polarity push, in explanations of sentences that say nothing else.

Words and negated phrases of general French, each in neutral frames; a group of words that holds
one has to push its way. Trains on the real reviews (SATISPY_REAL_DATA, default ../shared/data).
"""

import tempfile
import time
from pathlib import Path

from benchmarks._explained_words import NEGATIVE, POSITIVE
from benchmarks._real_reviews import merged, real_files
from benchmarks._scored import newest, scorers
from satispy.language import TextPipeline
from satispy.models.sentiment import SentimentModel

FRAMES = (
    "{}",
    "commande passée en mars : {}",
    "pour cette commande c'est {} et voilà ce que je voulais dire sur ce site",
)
LONG = "J'ai commandé une robe bleue sur ce site pour ma fille et voici mon avis sur la livraison. "


def run() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store, _ = merged(Path(folder) / "bucket", real_files())
        trained = scorers(newest(store, 20)[1], 20)
    print(f"\n{len(POSITIVE)} words and phrases of praise, {len(NEGATIVE)} of blame,", end=" ")
    print(f"{len(FRAMES)} frames: the share that pushes its way\n")
    shares: dict[str, float] = {}
    for family, model in trained.families.items():
        praise = [ways(model, each, 1) for each in POSITIVE]
        blame = [ways(model, each, -1) for each in NEGATIVE]
        right = [way for each in praise + blame for way in each]
        shares[family] = sum(right) / len(right)
        for name, found in (("praise", praise), ("blame", blame)):
            flat = [way for each in found for way in each]
            print(f"  {family:6}{name:8}{sum(flat) / len(flat):>7.3f}")
        words, milliseconds = timed(model)
        print(
            f"  {family:6}all     {shares[family]:>7.3f}   {words} words: {milliseconds:.0f} ms\n"
        )
        wrong = [
            each
            for each, found in zip((*POSITIVE, *NEGATIVE), praise + blame, strict=True)
            if not all(found)
        ]
        print(f"         otherwise: {', '.join(wrong) or 'none'}\n")
    return shares


def ways(model: SentimentModel, phrase: str, way: int) -> list[bool]:
    """Whether it pushes its way in each frame: all its groups of words together."""
    tokens = set(TextPipeline().tokens(phrase))
    found = []
    for frame in FRAMES:
        pushes = model.explain(frame.format(phrase)).words
        own = [push for words, push in pushes if tokens & set(TextPipeline().tokens(words))]
        found.append(sum(own) * way > 0)
    return found


def timed(model: SentimentModel) -> tuple[int, float]:
    """Words of a long text, and the milliseconds that its explanation takes."""
    text = LONG + " ".join([*POSITIVE, *NEGATIVE])
    text = " ".join(text.split()[:400])
    begin = time.perf_counter()
    model.explain(text)
    return len(text.split()), (time.perf_counter() - begin) * 1000
