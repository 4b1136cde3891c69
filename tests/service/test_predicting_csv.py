"""POST /predict/csv gives the file back with columns added, whatever its make."""

import codecs
import csv
import io

import pytest
from starlette.testclient import TestClient

CSV = {"content-type": "text/csv"}


def send(client: TestClient, data: bytes, query: str = "", **headers: str) -> object:
    return client.post(f"/predict/csv{query}", content=data, headers={**CSV, **headers})


def rows(answer: object, separator: str = ",") -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_each_row_comes_back_with_its_prediction(local: TestClient) -> None:
    answer = send(local, b"inID,Commentaire\n1,parfait merci\n2,nul\n3,xyz\n")
    assert [row["satispy_label"] for row in rows(answer)] == ["positive", "negative", "unknown"]
    assert rows(answer)[0]["satispy_model"] == "satispy-gbc:v1"
    assert float(rows(answer)[0]["satispy_probability"]) > 0.9
    assert rows(answer)[0]["satispy_known_words"] == "2"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_files_own_bytes_are_kept(local: TestClient, separator: str) -> None:
    lines = [
        ["inID", "Commentaire", "star"],
        ["1", '"très, très ; bien\t| et ""super"" !"', "5"],
        ["2", '"sur\r\ndeux lignes"', "4"],
        ["3", "retard"],
        ["4", "", ""],
    ]
    sent = codecs.BOM_UTF8 + "\r\n".join(separator.join(line) for line in lines).encode()
    answer = send(local, sent)
    assert answer.status_code == 200
    got = rows(answer, separator)
    assert [row["star"] for row in got] == ["5", "4", "", ""]
    assert [row["satispy_label"] for row in got] == ["positive", "unknown", "negative", "unknown"]
    without = answer.content
    for number, row in enumerate(got):
        added = separator.join(row[name] for name in list(row)[-4:]).encode()
        filler = separator.encode() * (2 if number == 2 else 1)
        without = without.replace(filler + added, b"", 1)
    header = separator.join(["", *list(got[0])[-4:]]).encode()
    assert without.replace(header, b"", 1).rstrip(b"\n") == sent


def test_the_charset_of_the_request_is_the_charset_of_the_answer(local: TestClient) -> None:
    sent = "texte\ncassé\n".encode("cp1252")
    answer = send(local, sent, **{"content-type": "text/csv; charset=windows-1252"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"texte,satispy_label")
    assert "cassé,negative".encode("cp1252") in answer.content


def test_the_column_and_the_model_can_be_named(local: TestClient) -> None:
    sent = b"a,b\nnul,parfait\n"
    [row] = rows(send(local, sent, "?column=B&model=svm"))
    assert row["satispy_label"] == "positive"
    assert row["satispy_model"] == "satispy-svm:v1"


def test_more_rows_than_one_block_keep_their_order(local: TestClient) -> None:
    texts = ["parfait" if n % 3 else "nul" for n in range(2_000)]
    answer = send(local, ("text\n" + "\n".join(texts)).encode())
    wanted = ["positive" if text == "parfait" else "negative" for text in texts]
    assert [row["satispy_label"] for row in rows(answer)] == wanted


@pytest.mark.parametrize(
    ("data", "query", "status", "says"),
    [
        (b"", "", 422, "columns are none"),
        (b"a,b\n1,2\n", "", 422, "'a', 'b'"),
        (b"a,b\n1,2\n", "?column=c", 422, "'c'"),
        (b"text\ncass\xe9\n", "", 422, "charset"),
        (b'text\n"never closed\n', "", 422, "Line 2"),
        (b"text\na,b\n", "", 422, "Line 2"),
        (b"text,satispy_label\na,b\n", "", 422, "satispy_label"),
        (b"text\n" + b"x" * 1_100_000, "", 422, "longer than 1 MB"),
        (b"text\na\n", "?model=bert", 422, "model"),
        (b"text\na\n", "?model=gbc&version=v9", 404, "v9"),
        (b"text\na\n", "?model=all&version=v1", 422, "version"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_csv_is_refused_before_the_answer_begins(
    local: TestClient, data: bytes, query: str, status: int, says: str
) -> None:
    answer = send(local, data, query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


def test_a_charset_that_is_none_is_refused(local: TestClient) -> None:
    for charset in ("klingon", "utf-16", "zlib", "idna"):
        answer = send(local, b"text\na\n", **{"content-type": f"text/csv; charset={charset}"})
        assert answer.status_code == 422, charset


def test_a_body_over_the_limit_is_413_even_without_a_length(
    local: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bentos import routes

    small = routes.Route(routes.POST, b"text/csv", 1_000, streamed=True)
    monkeypatch.setitem(routes.ROUTES, "/predict/csv", small)
    chunks = (b"text\n" + b"parfait\n" * 100 for _ in range(10))
    answer = local.post("/predict/csv", content=chunks, headers=CSV)
    assert answer.status_code == 413
