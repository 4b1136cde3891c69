"""Learns aspects from the primer, the seeds and reviews that nobody labelled (scikit-learn).

The seeds label the clauses of reviews. Of most clauses where they hit, their words are taken out
before a model learns from them: what is left of « [le livreur] n'a même pas sonné à la porte » is
how people speak of deliveries without the words of the list.
"""

from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np

from satispy.aspects.model import AspectModel
from satispy.aspects.seeds import TONE, Seeds
from satispy.aspects.taxonomy import Taxonomy
from satispy.language import TextPipeline
from satispy.language.clauses import clauses
from satispy.language.pipeline import ELLIPSIS
from satispy.models.bag import BagOfWords
from satispy.models.terms import ngrams
from satispy.primer.grammar import Sentence

#: Of all reviews, drawn evenly: more would cost time and change little.
MOST_REVIEWS = 3_000
#: Share of clauses whose seeds are taken out.
BLANKED = 0.6
#: How much a sentence of the primer counts beside a clause.
PRIMER_WEIGHT = 0.5
#: Log-odds of an aspect that all clauses speak of, or none.
CERTAIN = 10.0
#: Clauses in which a term must stand.
LEAST_CLAUSES = 5


def train(
    taxonomy: Taxonomy, sentences: Sequence[Sentence], reviews: Sequence[str], seed: int
) -> AspectModel:
    """From sentences of the primer, if there are any, and from reviews as they read."""
    from sklearn.linear_model import LogisticRegression

    draw = Random(seed)  # noqa: S311 - which words are left out, not a secret
    documents, labels, weights = _primed(taxonomy, sentences)
    if len(reviews) > MOST_REVIEWS:
        reviews = draw.sample(reviews, MOST_REVIEWS)
    seeds = Seeds(taxonomy)
    tokens = TextPipeline().tokens
    for review in reviews:
        for clause in clauses(review):
            document = tokens(clause.text)
            hits = [hit for hit in seeds.find(document) if hit.aspect != TONE]
            if hits and draw.random() < BLANKED:
                taken = {at for hit in hits for at in range(hit.first, hit.end)}
                document = [ELLIPSIS if at in taken else t for at, t in enumerate(document)]
            documents.append(document)
            labels.append({hit.aspect for hit in hits})
            weights.append(1.0)
    bag = BagOfWords(_terms(documents))
    features = _matrix(bag, documents)
    learned = np.zeros((len(bag.terms) + 1, len(taxonomy.aspects)), dtype=np.float32)
    for number in range(len(taxonomy.aspects)):
        speaks = np.array([number in each for each in labels])
        if speaks.all() or not speaks.any() or not bag.terms:  # nothing to tell apart
            learned[-1, number] = CERTAIN if speaks.size and speaks.all() else -CERTAIN
            continue
        fitted = LogisticRegression(solver="liblinear", random_state=seed)
        fitted.fit(features, speaks, sample_weight=weights)
        learned[:-1, number] = fitted.coef_[0]
        learned[-1, number] = fitted.intercept_[0]
    return AspectModel(taxonomy, bag, learned)


def _primed(
    taxonomy: Taxonomy, sentences: Sequence[Sentence]
) -> tuple[list[list[str]], list[set[int]], list[float]]:
    """Sentences of the primer; those of no aspect speak of none."""
    tokens = TextPipeline().tokens
    number = {name: at for at, name in enumerate(taxonomy.names)}
    documents = [tokens(each.text) for each in sentences]
    labels = [{number[each.aspect]} if each.aspect in number else set() for each in sentences]
    return documents, labels, [PRIMER_WEIGHT] * len(sentences)


def _terms(documents: Sequence[Sequence[str]]) -> list[str]:
    stands_in = Counter(term for each in documents for term in set(ngrams(each)))
    return sorted(
        term for term, times in stands_in.items() if times >= LEAST_CLAUSES and ELLIPSIS not in term
    )


def _matrix(bag: BagOfWords, documents: Sequence[Sequence[str]]) -> object:
    from scipy.sparse import csr_matrix

    texts, rows, terms = bag.occurrences(documents)
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_matrix((ones, (rows, terms)), shape=(texts, len(bag.terms)))
