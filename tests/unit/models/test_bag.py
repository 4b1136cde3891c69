"""Terms are tokens and pairs of neighbours."""

from satispy.models.bag import BagOfWords
from satispy.models.terms import ngrams


def test_a_text_has_the_terms_of_its_tokens_and_of_their_pairs() -> None:
    documents = [["reçu", "<2 digits>", "jours", "!"], [], ["<2 digits>", "jours", "jours"]]
    terms = sorted({term for document in documents for term in ngrams(document)})
    _, rows, found = BagOfWords(terms).occurrences(documents)
    for row, document in enumerate(documents):
        assert sorted(terms[at] for at in found[rows == row]) == sorted(ngrams(document))


def test_unknown_words_and_pairs_are_no_terms() -> None:
    bag = BagOfWords(["bien", "très bien"])
    _, _, found = bag.occurrences([["pas", "très", "bien", "du", "tout"]])
    assert [bag.terms[at] for at in found] == ["bien", "très bien"]
