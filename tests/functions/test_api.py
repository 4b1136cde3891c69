"""The REST API: what it takes, what it answers, and who may ask."""

import json
from pathlib import Path

import pytest
from rest import PASSWORDS, Rest, basic

from functions.rest.openapi import document
from satispy import journal
from satispy.accounts import Accounts
from satispy.reviews import ReviewTable, inbox, merge_upload
from satispy.storage import Store

REVIEW = {"comment": "parfait", "star": 5}


@pytest.fixture
def rest(tmp_path: Path) -> Rest:
    return Rest(Store.folder(tmp_path))


def gather(rest: Rest) -> None:
    if key := inbox.gather(rest.store):
        merge_upload(rest.store, key)


def comments(rest: Rest) -> list[str]:
    return ReviewTable(rest.store).read().comments


def test_anybody_may_ask_whether_it_is_up(rest):
    assert rest.call("GET", "/status", name=None)[:2] == (
        200,
        {"status": "ok", "dataset_version": None},
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("POST", "/reviews"),
        ("POST", "/uploads"),
        ("GET", "/uploads/a"),
        ("POST", "/retrain"),
    ],
)
def test_nothing_else_is_done_without_credentials(rest, method, path):
    status, problem, headers = rest.call(method, path, REVIEW, name=None)
    assert (status, problem["status"]) == (401, 401)
    assert headers["WWW-Authenticate"].startswith("Basic")
    assert rest.call(method, path, REVIEW, password="not the password")[0] == 401
    assert rest.call(method, path, REVIEW, name="nobody", password="x" * 12)[0] == 401
    assert not rest.signed
    assert not rest.retrained
    assert not rest.store.list("inbox")


def test_a_user_is_told_who_they_are(rest):
    assert rest.call("GET", "/me")[1] == {"name": "anne", "role": "user"}


@pytest.mark.parametrize("path", ["/uploads", "/retrain"])
def test_only_an_admin_may_upload_files_and_retrain(rest, path):
    assert rest.call("POST", path, {"name": "a.csv"})[0] == 403
    assert not rest.signed
    assert not rest.retrained


def test_a_review_is_durable_once_answered_and_merged_with_others(rest):
    ids = [rest.call("POST", "/reviews", REVIEW)[1]["id"] for _ in range(3)]
    assert rest.announced == [True]  # one gathering for all of them
    assert rest.call("GET", f"/uploads/{ids[0]}")[1]["state"] == "waiting"
    gather(rest)
    assert comments(rest) == ["parfait"] * 3  # three people wrote the same
    assert ReviewTable(rest.store).version() == 1
    state = rest.call("GET", f"/uploads/{ids[0]}")[1]
    assert (state["state"], state["receipt"]["added"]) == ("merged", 3)


def test_many_reviews_may_come_in_one_request(rest):
    status, accepted, _ = rest.call("POST", "/reviews", {"reviews": [REVIEW] * 100})
    assert (status, accepted["accepted"]) == (202, 100)
    assert rest.call("POST", "/reviews", {"reviews": [REVIEW] * 101})[0] == 422


def test_an_idempotency_key_makes_a_repetition_harmless_even_after_the_merge(rest):
    first = rest.call("POST", "/reviews", REVIEW, Idempotency_Key="k1")
    again = rest.call("POST", "/reviews", REVIEW, Idempotency_Key="k1")
    assert first[:2] == again[:2]
    gather(rest)
    assert rest.call("POST", "/reviews", REVIEW, Idempotency_Key="k1")[:2] == first[:2]
    gather(rest)
    assert comments(rest) == ["parfait"]


def test_an_idempotency_key_is_not_for_other_reviews_but_another_person_may_use_it(rest):
    rest.call("POST", "/reviews", REVIEW, Idempotency_Key="k1")
    other = {"comment": "bof", "star": 3}
    assert rest.call("POST", "/reviews", other, Idempotency_Key="k1")[0] == 409
    assert rest.call("POST", "/reviews", other, name="root", Idempotency_Key="k1")[0] == 202


def test_gathering_that_died_halfway_and_is_done_again_adds_nothing_twice(rest):
    rest.call("POST", "/reviews", REVIEW)
    [waiting] = rest.store.list("inbox")
    data = rest.store.read(waiting.key)
    gather(rest)
    rest.store.write(waiting.key, data)  # as if it had died before deleting it
    rest.call("POST", "/reviews", {"comment": "bof", "star": 3})
    gather(rest)
    assert comments(rest) == ["parfait", "bof"]


def test_personal_data_is_masked_before_it_waits(rest):
    rest.call("POST", "/reviews", {"comment": "écrire à jean@exemple.fr", "star": 5})
    [waiting] = rest.store.list("inbox")
    assert b"exemple.fr" not in rest.store.read(waiting.key)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"comment": " ", "star": 5}, "/comment"),
        ({"comment": "x" * 20_001, "star": 5}, "/comment"),
        ({"comment": "\ud800", "star": 5}, "/comment"),
        ({"comment": "bien", "star": 0}, "/star"),
        ({"comment": "bien", "star": 4.5}, "/star"),
        ({"comment": "bien", "star": True}, "/star"),
        ({"comment": "bien"}, "/star"),
        ({"comment": "bien", "star": 5, "date": "31/02/2020"}, "/date"),
        ({"comment": "bien", "star": 5, "date": "01/01/2999"}, "/date"),
        ({"comment": "bien", "star": 5, "stars": 5}, "/stars"),
        (
            {"reviews": [{"comment": "bien", "star": 5}, {"comment": "", "star": 5}]},
            "/reviews/1/comment",
        ),
        ([], ""),
        (None, ""),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_as_a_whole_and_says_where(rest, body, pointer):
    status, problem, headers = rest.call("POST", "/reviews", json.dumps(body))
    assert status == 422
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["type"] == "urn:satispy:problem:invalid"
    assert not rest.store.list("inbox")


def test_what_is_not_json_is_refused(rest):
    assert rest.call("POST", "/reviews", "{")[0] == 400
    assert rest.call("POST", "/reviews", "[" * 100_000)[0] == 400
    assert rest.call("POST", "/reviews", REVIEW, Content_Type="text/csv")[0] == 415
    assert rest.call("POST", "/reviews", "x" * 4_194_305)[0] == 413


ONCE = {
    "Content-Type": ("application/json", "text/csv"),
    "Authorization": (basic("anne", PASSWORDS["anne"]), basic("root", PASSWORDS["root"])),
    "Idempotency-Key": ("k1", "k2"),
    "Host": ("api.example", "evil.example"),
    "Content-Encoding": ("identity", "gzip"),
    "Content-Length": ("30", "3"),
}


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("spelled", [str, str.lower])
def test_a_header_that_has_two_meanings_is_refused_before_anything_is_done(
    rest, name, same, spelled
):
    first, second = ONCE[name]
    sent = [("Authorization", basic("anne", PASSWORDS["anne"]))]
    sent = [pair for pair in sent if pair[0] != name]
    sent += [(name, first), (spelled(name), first if same else second)]
    status, problem, _ = rest.call_with("POST", "/reviews", sent, json.dumps(REVIEW))
    assert (status, problem["detail"]) == (400, f"the header {name.lower()} was sent twice")
    assert not rest.store.list("inbox")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"comment": "bien", "star": 1, "star": 5}', "'star' was sent twice"),
        ('{"reviews": [{"comment": "bien", "star": 5, "comment": "nul"}]}', "'comment'"),
    ],
)
def test_a_field_that_is_sent_twice_has_no_meaning(rest, body, says):
    status, problem, _ = rest.call("POST", "/reviews", body)
    assert status == 400
    assert says in problem["detail"]


def test_a_body_is_utf8_and_not_compressed(rest):
    sent = [("Authorization", basic("anne", PASSWORDS["anne"]))]
    compressed = [*sent, ("Content-Encoding", "gzip")]
    assert rest.call_with("POST", "/reviews", compressed, json.dumps(REVIEW))[0] == 415
    utf_16 = json.dumps(REVIEW).encode("utf-16").decode("latin-1")
    assert rest.call_with("POST", "/reviews", sent, utf_16)[0] == 400


@pytest.fixture
def at_one_moment(rest: Rest) -> None:
    rest.api.accounts = Accounts(
        rest.store, cost=16, clock=lambda: 1_000_000.0, sleep=lambda seconds: None
    )


@pytest.mark.usefixtures("at_one_moment")
def test_a_guesser_is_told_to_wait_and_keeps_nobody_out_who_asks_from_elsewhere(rest):
    def ask(password, address, **headers):
        sent = [("Authorization", basic("root", password)), *headers.items()]
        return rest.call_with("GET", "/me", sent, None, address)

    guesses = [ask("not the password", "192.0.2.66")[0] for _ in range(10)]
    assert guesses == [401] * 5 + [429] * 5
    status, problem, headers = ask(PASSWORDS["root"], "192.0.2.66")
    assert (status, problem["status"], headers["Retry-After"]) == (429, 429, "1")
    assert headers["Content-Type"] == "application/problem+json"
    assert "wait 1 s, then send the request again" in problem["detail"]
    assert "WWW-Authenticate" not in headers  # a browser would ask for another password
    assert ask(PASSWORDS["root"], "203.0.113.7")[0] == 200


@pytest.mark.usefixtures("at_one_moment")
def test_an_address_is_the_one_that_api_gateway_saw_whatever_the_client_says(rest):
    for number in range(20):
        forged = f"198.51.100.{number}"
        sent = [
            ("Authorization", basic("root", "not the password")),
            ("X-Forwarded-For", forged),
            ("Forwarded", f"for={forged}"),
            ("X-Real-IP", forged),
        ]
        status, _, _ = rest.call_with("GET", "/me", sent, None, "192.0.2.66")
    assert status == 429


def test_an_admin_gets_an_address_for_a_big_file_and_later_its_receipt(rest):
    status, slot, _ = rest.call("POST", "/uploads", {"name": "avis.csv"}, name="root")
    assert status == 201
    [key] = rest.signed
    assert key == f"uploads/{slot['id']}.csv"
    assert rest.call("GET", f"/uploads/{slot['id']}")[0] == 404
    rest.store.write(key, b"Commentaire,star\nbien,5\n")
    assert rest.call("GET", f"/uploads/{slot['id']}")[1]["state"] == "merging"
    merge_upload(rest.store, key)
    assert rest.call("GET", f"/uploads/{slot['id']}")[1]["receipt"]["added"] == 1


@pytest.mark.parametrize("name", ["../a.csv", "a.exe", "a b.csv", "", "/a.csv"])
def test_a_file_name_cannot_leave_its_folder(rest, name):
    assert rest.call("POST", "/uploads", {"name": name}, name="root")[0] == 422
    assert not rest.signed


def test_an_admin_starts_a_retrain_of_the_newest_version(rest):
    assert rest.call("POST", "/retrain", name="root")[0] == 409
    rest.call("POST", "/reviews", REVIEW)
    gather(rest)
    status, answer, _ = rest.call("POST", "/retrain", name="root")
    assert (status, answer) == (202, {"run": "v00001", "dataset_version": 1})
    entry = journal.last(rest.store, 1)[0]
    assert (entry.what, entry.on, entry.by.who, entry.by.via) == (
        "retrain.asked",
        "version 1",
        "root",
        "api",
    )


def test_paths_and_methods_that_are_not_there_are_said_so(rest):
    assert rest.call("GET", "/nothing")[0] == 404
    status, _, headers = rest.call("DELETE", "/reviews")
    assert (status, headers["Allow"]) == (405, "POST")
    assert rest.call("GET", "/uploads/..%2f..%2faccounts")[0] == 404


def test_the_published_openapi_document_is_current():
    published = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert json.loads(published.read_text()) == document()
