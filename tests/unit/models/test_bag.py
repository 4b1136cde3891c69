"""Terms are tokens and pairs of neighbours."""

from collections import Counter

from satispy.models.bag import BagOfWords
from satispy.models.terms import ngrams


def test_a_text_has_the_terms_of_its_tokens_and_of_their_pairs() -> None:
    documents = [["reçu", "<2 digits>", "jours", "!"], [], ["<2 digits>", "jours", "jours"]]
    terms = sorted({term for document in documents for term in ngrams(document)})
    _, rows, found, times = BagOfWords(terms).occurrences(documents)
    for row, document in enumerate(documents):
        of_text = zip(found[rows == row], times[rows == row], strict=True)
        assert {terms[at]: count for at, count in of_text} == Counter(ngrams(document))


def test_unknown_words_and_pairs_are_no_terms() -> None:
    bag = BagOfWords(["bien", "très bien"])
    _, _, found, _ = bag.occurrences([["pas", "très", "bien", "du", "tout"]])
    assert [bag.terms[at] for at in found] == ["bien", "très bien"]
