"""The dataset looked at: words, filters, pages, versions and one review."""

import datetime as dt

import pytest

from satispy.errors import NotFound
from satispy.reviews.browsing import Wanted, offered, one, page
from satispy.reviews.table import ReviewTable

MARCH = """Commentaire,star,source,company,date
Très déçue par l’emballage,1,Google,Alpha,02/03/2026
Livraison rapide,5,Google,Beta,01/03/2026
"100 % d'accord, rien à redire (vraiment)",4,TrustPilot,Alpha,31/03/2026 18:30:00
"""


@pytest.fixture
def table(send, store):
    send("mars.csv", MARCH)
    send("avril.csv", "Commentaire,star,couleur\nRien reçu,2,bleu\n")
    return ReviewTable(store)


def comments(table, version=None, first=0, size=25, **wanted):
    return [each.comment for each in page(table, Wanted(**wanted), version, first, size).reviews]


@pytest.mark.parametrize("words", ["decue", "DÉÇUE", "emballage déçu", "l'emballage", "par"])
def test_words_are_found_in_any_case_and_with_or_without_accents(table, words):
    assert comments(table, words=words) == ["Très déçue par l’emballage"]


@pytest.mark.parametrize("words", ["(vraiment)", "d'accord", "100 %", "100"])
def test_signs_of_queries_and_patterns_are_only_signs(table, words):
    assert comments(table, words=words) == ["100 % d'accord, rien à redire (vraiment)"]
    assert comments(table, words="' or star = 5 --") == []
    assert comments(table, source="' or 1 = 1 --") == []
    assert comments(table, words=".*") == []


def test_filters_are_joined(table):
    assert comments(table, source="Google", stars=(4, 5)) == ["Livraison rapide"]
    assert comments(table, company="Alpha", stars=(1, 2)) == ["Très déçue par l’emballage"]
    assert comments(table, company="Alpha", source="none such") == []


def test_both_ends_of_a_time_are_in_it_whatever_the_hour(table):
    found = comments(table, since=dt.date(2026, 3, 2), until=dt.date(2026, 3, 31))
    assert found == ["100 % d'accord, rien à redire (vraiment)", "Très déçue par l’emballage"]


def test_pages_hold_each_review_once_the_newest_first(table):
    whole = page(table, Wanted())
    assert whole.total == 4
    dates = [each.date[:10] for each in whole.reviews]
    assert dates == sorted(dates, reverse=True)
    by_one = [page(table, Wanted(), first=at, size=1).reviews[0].id for at in range(4)]
    assert by_one == [each.id for each in whole.reviews]
    assert page(table, Wanted(), first=9).reviews == ()


def test_an_older_version_has_what_it_had(table):
    assert comments(table, version=1, words="reçu") == []
    assert page(table, Wanted(), 1).total == 3
    assert comments(table, words="reçu") == ["Rien reçu"]
    with pytest.raises(NotFound):
        page(table, Wanted(), 9)


def test_a_review_is_opened_with_where_it_came_from(table):
    [listed] = page(table, Wanted(words="reçu")).reviews
    found = one(table, listed.id)
    assert found == listed
    assert (found.upload, found.line, found.star, found.dated) == ("avril", 2, 2, False)
    assert found.extra == {"couleur": "bleu"}
    for id in ("0" * 32, "x' or 1=1", ""):
        with pytest.raises(NotFound):
            one(table, id)


def test_sources_and_companies_are_offered_the_commonest_first(table):
    assert offered(table) == (["Google", "TrustPilot"], ["Alpha", "Beta"])


def test_before_the_first_upload_there_is_nothing_to_look_at(store):
    with pytest.raises(NotFound):
        page(ReviewTable(store), Wanted())
