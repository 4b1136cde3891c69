"""What complaints speak of that no aspect names: topics of its clauses, for someone to add.

Clauses of negative reviews that name no aspect are factorised into topics (D. D. Lee and H. S.
Seung, Nature 401, 1999, on tf-idf; scikit-learn). Words that stand as often in clauses that do
name one, or in other reviews, say nothing about what is missing: that leaves out « de » without a
list. Names of companies and words that only judge are left out too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satispy.aspects.model import AspectModel
from satispy.aspects.seeds import TONE
from satispy.language import TextPipeline
from satispy.language.clauses import clause_tokens, clauses
from satispy.language.remembered import Remembered
from satispy.plain_text import unaccented

#: Reviews looked at, the newest negative ones and as many others; topics sought in them.
MOST_REVIEWS = 2_000
TOPICS = 8
#: Reviews that a word, a phrase and a topic need.
LEAST_OF_WORD, LEAST_OF_PHRASE, LEAST_OF_TOPIC = 8, 4, 12
#: How many times as common as in clauses of named aspects a word must be.
RARER_ELSEWHERE = 1.5
SHORTEST_WORD = 4
MOST_PHRASES, MOST_EXAMPLES, LONGEST_EXAMPLE = 4, 3, 200
_LONGEST_PHRASE = 4


@dataclass(frozen=True)
class Proposal:
    """A topic that might be an aspect."""

    #: The commonest first.
    phrases: Sequence[str]
    #: Negative reviews with a clause of it.
    reviews: int
    examples: Sequence[str]


@dataclass(frozen=True)
class _Clause:
    review: int
    number: int
    tokens: Sequence[str]
    words: frozenset[str]


def proposals(
    model: AspectModel, negative: Sequence[str], others: Sequence[str], names: Iterable[str]
) -> list[Proposal]:
    """From negative reviews, beside others, the newest first; the largest topic first.

    `names`: of companies and sources, whose words propose nothing.
    """
    texts = negative[:MOST_REVIEWS]
    unnamed: list[_Clause] = []
    elsewhere: list[_Clause] = []
    for each in _clauses(texts):
        says = model.seeds.sides(each.tokens).keys() - {TONE}
        (elsewhere if says else unnamed).append(each)
    content = [*_clauses(others[:MOST_REVIEWS])]
    telling = _telling(model, unnamed, (elsewhere, content), names)
    kept = [each for each in unnamed if len(each.words & telling) > 1]
    topics = min(TOPICS, len(telling) // 2)
    if not topics or len(kept) < LEAST_OF_TOPIC:
        return []
    found = []
    for members in _topics([sorted(each.words & telling) for each in kept], topics):
        of_topic = [kept[at] for at in members]
        reviews = len({each.review for each in of_topic})
        phrases = _phrases(of_topic, telling)
        if reviews >= LEAST_OF_TOPIC and phrases:
            examples = dict.fromkeys(
                clauses(texts[each.review])[each.number].text[:LONGEST_EXAMPLE]
                for each in of_topic[: 4 * MOST_EXAMPLES]
            )
            found.append(Proposal(phrases, reviews, [*examples][:MOST_EXAMPLES]))
    return sorted(found, key=lambda each: -each.reviews)


def _clauses(texts: Sequence[str]) -> Iterator[_Clause]:
    for review, text in enumerate(texts):
        for number, tokens in enumerate(clause_tokens(text)):
            yield _Clause(review, number, tokens, frozenset(map(_WORD.__getitem__, tokens)) - {""})


def _word(token: str) -> str:
    """Its lemma without accents; empty of short ones and of marks."""
    if len(token) < SHORTEST_WORD or not token.isalpha():
        return ""
    word = unaccented("".join(TextPipeline().words([token])))
    return word if len(word) >= SHORTEST_WORD else ""


_WORD = Remembered(_word)


def _telling(
    model: AspectModel,
    unnamed: Sequence[_Clause],
    elsewhere: Sequence[Sequence[_Clause]],
    names: Iterable[str],
) -> frozenset[str]:
    """The words that are said here and not elsewhere."""
    counts = [Counter(word for each in of for word in each.words) for of in (unnamed, *elsewhere)]
    shares = [
        {word: times / len(of) for word, times in count.items()}
        for count, of in zip(counts, (unnamed, *elsewhere), strict=True)
    ]
    tokens = TextPipeline().tokens
    called = tuple(
        {word for name in names for word in map(_WORD.__getitem__, tokens(name)) if word}
    )
    return frozenset(
        word
        for word, times in counts[0].items()
        if times >= LEAST_OF_WORD
        and not word.startswith(called)
        and not model.seeds.sides([word])
        and all(shares[0][word] > RARER_ELSEWHERE * each.get(word, 0.0) for each in shares[1:])
    )


def _topics(documents: Sequence[Sequence[str]], topics: int) -> list[list[int]]:
    """Which documents belong to each, those that do most first.

    Topics of the same commonest word are one: how a factorisation cuts what fewer topics would hold
    is decided by the last bits of its sums, which differ between processors.
    """
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    features = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(documents)
    weights = NMF(topics, init="nndsvda", random_state=0, max_iter=300).fit_transform(features)
    belongs = weights.argmax(axis=1)
    by_word: dict[str, list[int]] = {}
    for topic in range(topics):
        members = np.flatnonzero((belongs == topic) & (weights[:, topic] > 0))
        if len(members):
            counts = Counter(word for at in members.tolist() for word in documents[at])
            commonest = min(counts, key=lambda word: (-counts[word], word))
            most_first = members[np.argsort(-weights[members, topic], kind="stable")].tolist()
            by_word.setdefault(commonest, []).extend(most_first)
    return [*by_word.values()]


def _phrases(of_topic: Sequence[_Clause], telling: frozenset[str]) -> list[str]:
    """Words in a row that begin with one of some length and end with a telling one; none that says
    the same as another."""
    counts: Counter[tuple[str, ...]] = Counter()
    for each in of_topic:
        tells = [_WORD[token] in telling for token in each.tokens]
        counts.update({
            tuple(each.tokens[first:end])
            for first in range(len(tells))
            for end in range(first + 2, min(first + _LONGEST_PHRASE, len(tells)) + 1)
            if tells[end - 1] and _WORD[each.tokens[first]]
        })  # fmt: skip
    common = [each for each in counts.most_common(300) if each[1] >= LEAST_OF_PHRASE]
    chosen: dict[frozenset[str], str] = {}
    for phrase, _ in sorted(common, key=lambda each: -each[1] * len(each[0])):
        says = frozenset(map(_WORD.__getitem__, phrase)) - {""}
        if len(says) > 1 and not any(says <= other or other <= says for other in chosen):
            chosen[says] = " ".join(phrase)
    return [*chosen.values()][:MOST_PHRASES]
