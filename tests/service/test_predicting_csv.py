"""POST /predict/csv gives the file back with columns added, whatever its make."""

import codecs
import csv
import gzip
import io
import re

import pytest
from house import House, in_process
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
        added = separator.join(row[name] for name in list(row)[-5:]).encode()
        filler = separator.encode() * (2 if number == 2 else 1)
        without = without.replace(filler + added, b"", 1)
    header = separator.join(["", *list(got[0])[-5:]]).encode()
    assert without.replace(header, b"", 1).removesuffix(b"\r\n") == sent


def test_the_charset_of_the_request_is_the_charset_of_the_answer(local: TestClient) -> None:
    sent = "texte\ncassé\n".encode("cp1252")
    answer = send(local, sent, **{"content-type": "text/csv; charset=windows-1252"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"texte,satispy_label")
    assert "cassé,negative".encode("cp1252") in answer.content


@pytest.mark.parametrize(
    ("codec", "charset"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "windows-1252"),
        ("mac-roman", "macintosh"),
        ("cp850", "IBM850"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16be"),
    ],
)
def test_the_encoding_need_not_be_said_and_the_files_own_bytes_are_kept(
    local: TestClient, codec: str, charset: str
) -> None:
    head, rows = "Commentaire;star\r\n", ["cassé à l’arrivée;1", "parfait, tout est là;5"]
    answer = send(local, (head + "\r\n".join(rows) + "\r\n").encode(codec, "ignore"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"text/csv; charset={charset}"
    text = answer.content.decode(codec)
    assert text.startswith(f"{head.strip()};satispy_label")
    kept = [row.encode(codec, "ignore").decode(codec).lstrip("\ufeff") for row in rows]
    for line, row, label in zip(text.split("\r\n")[1:], kept, ["neg", "pos"], strict=False):
        assert line.startswith(f"{row};{label}"), line


@pytest.mark.parametrize(
    ("data", "first_lines"),
    [
        ("\r\nCommentaire;star\r\nparfait;5\r\n", ["", "Commentaire;star;satispy_label"]),
        ("sep=;\nCommentaire;star\nparfait;5\n", ["sep=;", "Commentaire;star;satispy_label"]),
        ("Avis de mai;;\nCommentaire;star;n\nparfait;5;1\n", ["Avis de mai;;", "Commentaire;"]),
        ("Commentaire;star\nparfait;5;;\nnul;1;;\n", ["Commentaire;star;;;satispy_label"]),
        ("Review Text,Star Rating,Package Name\nparfait,5,x\n", ["Review Text,Star Rating,"]),
        ("Verbatim;Note\nparfait;5\n", ["Verbatim;Note;satispy_label"]),
        ('star\tCommentaire\n5\t"parfait" dit-il\n1\tnul\n', ["star\tCommentaire\tsatispy"]),
    ],
)
def test_what_an_upload_may_be_is_judged(
    local: TestClient, data: str, first_lines: list[str]
) -> None:
    answer = send(local, data.encode())
    assert answer.status_code == 200, answer.text
    lines = answer.content.decode().splitlines()
    for line, first in zip(lines, first_lines, strict=False):
        assert line.startswith(first) if first else not line
    judged = [line for line in lines if "positive" in line]
    assert len(judged) == 1
    assert judged[0].startswith(data.splitlines()[len(first_lines)])


def test_a_gzip_is_judged_as_what_is_in_it(local: TestClient) -> None:
    packed = gzip.compress(b"Commentaire;star\nparfait;5\n")
    [row] = rows(send(local, packed), ";")
    assert row["satispy_label"] == "positive"
    assert send(local, packed[:-12]).status_code == 422
    bomb = gzip.compress(b"Commentaire;star\n" + b"parfait;5\n" * 11_000_000)
    assert send(local, bomb).status_code == 413


def test_a_header_that_comes_again_is_kept_and_not_judged(local: TestClient) -> None:
    answer = send(local, b"Commentaire;star\nparfait;5\n\nCommentaire;star\nnul;1\n")
    lines = answer.content.decode().splitlines()
    assert lines[2:4] == ["", "Commentaire;star"]
    assert [line.split(";")[2] for line in (lines[1], lines[4])] == ["positive", "negative"]


MALFORMED = {
    "1,trop, de cellules,5": "one cell too many",
    '3,"jamais "refermé,1': "a quote closes in the middle of a cell",
}


def test_a_row_that_cannot_be_read_is_told_and_keeps_no_other_from_being_judged(
    local: TestClient,
) -> None:
    one, other = MALFORMED
    lines = ["inID,Commentaire,star", one, "2,parfait,5", other, "4,nul,1"]
    answer = send(local, ("\r\n".join(lines) + "\r\n").encode())
    got = rows(answer)
    assert answer.headers["satispy-unread-rows"] == "2"
    assert [row["satispy_label"] for row in got] == ["", "positive", "", "negative"]
    for row, line, says in zip(got[::2], (2, 4), MALFORMED.values(), strict=True):
        assert re.match(rf"line {line}: .*{says}.* / ", row["satispy_problem"])
        assert not any(row[name] for name in row if name != "satispy_problem")
    assert [(row["inID"], row["satispy_problem"]) for row in got[1::2]] == [("2", ""), ("4", "")]


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "mac-roman", "utf-16"])
def test_what_is_wrong_is_told_in_the_encoding_of_the_file(local: TestClient, codec: str) -> None:
    lines = ["texte;star", "un;deux;trois", "cassé à l'arrivée;1", "très déçue;1", "parfait;5"]
    answer = send(local, ("\n".join(lines) + "\n").encode(codec))
    assert answer.status_code == 200, answer.text
    got = list(csv.DictReader(io.StringIO(answer.content.decode(codec)), delimiter=";"))
    assert [row["satispy_label"] for row in got[:2]] == ["", "negative"]
    assert "séparateur sans guillemets" in got[0]["satispy_problem"]
    assert [row["texte"] for row in got[1:]] == [line.split(";")[0] for line in lines[2:]]


def test_the_column_and_the_model_can_be_named(local: TestClient) -> None:
    sent = b"a,b\nnul,parfait\n"
    [row] = rows(send(local, sent, "?column=B&model=svm"))
    assert row["satispy_label"] == "positive"
    assert row["satispy_model"] == "satispy-svm:v1"


def test_of_columns_with_the_same_name_one_is_named_by_its_position(local: TestClient) -> None:
    [row] = rows(send(local, b"a,texte,Texte\n1,nul,parfait\n", "?column=%233"))
    assert row["satispy_label"] == "positive"


def test_more_rows_than_one_block_keep_their_order(local: TestClient) -> None:
    texts = ["parfait" if n % 3 else "nul" for n in range(2_000)]
    answer = send(local, ("text\n" + "\n".join(texts)).encode())
    wanted = ["positive" if text == "parfait" else "negative" for text in texts]
    assert [row["satispy_label"] for row in rows(answer)] == wanted


@pytest.mark.parametrize(
    ("data", "query", "status", "says"),
    [
        (b"", "", 422, "is empty"),
        (b"a,b\n1,2\n", "", 422, "'a', 'b'"),
        (b"a,b\n1,2\n", "?column=c", 422, "'c'"),
        (b"Texte,texte\n1,2\n", "", 422, "?column=%231"),
        ("texte\nПривет\n".encode("cp1251"), "", 422, "charset=windows-1252"),
        ("texte\ncassé\n".encode()[:-2], "", 422, "charset=windows-1252"),
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
    for charset in ("klingon", "utf-7", "zlib", "idna"):
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


def test_each_aspect_is_a_column_when_asked_for(house: House) -> None:
    house.train_and_promote_all()
    house.train_and_promote_aspects()
    sent = (
        "texte;star\nrobe parfait mais le colis est arrivé ouvert;3\nmerci;5;6;7\nnul;1\n".encode()
    )
    with in_process() as client:
        plain = send(client, sent)
        answer = send(client, sent, "?aspects=1")
        taken = send(client, b"texte,satispy_aspect_price\nnul,1\n", "?aspects=1")
        wrong = send(client, sent, "?aspects=yes")
    assert not any("aspect" in name for name in rows(plain, ";")[0])
    first, broken, last = rows(answer, ";")
    assert list(first)[-2:] == ["satispy_aspect_website", "satispy_problem"]
    assert (first["satispy_aspect_packaging"], first["satispy_aspect_price"]) == ("negative", "")
    assert first["satispy_label"] == rows(plain, ";")[0]["satispy_label"]
    assert "line 3" in broken["satispy_problem"]
    assert last["satispy_label"] == "negative"
    assert (taken.status_code, wrong.status_code) == (422, 422)


def test_a_csv_with_aspects_is_a_503_while_no_model_of_them_serves(local: TestClient) -> None:
    assert send(local, b"texte\nnul\n", "?aspects=1").status_code == 503
