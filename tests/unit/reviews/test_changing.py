"""One review corrected or deleted: what becomes of it, and of everything else."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from satispy.errors import Conflict, NotFound
from satispy.journal import Actor
from satispy.reviews import Receipt, ReviewTable, changing, retention, versions
from satispy.reviews.browsing import Wanted, offered, one, page
from satispy.reviews.changing import Asked, Outdated
from satispy.reviews.positions import at_positions, newest_positions
from satispy.storage import Store

Send = Callable[..., Receipt]
ANNE = Actor(who="anne", via="app")
FIVE = """Commentaire,star,source,company,index_org,date,titre
Jamais reçu,1,Google,Alpha,1,01/03/2026,colis
Très bien,5,Google,Beta,2,02/03/2026,
Merci à Mme Dupont-Martin,2,TrustPilot,Alpha,3,03/03/2026,
bof,3,,,,,
bof,3,,,,,
"""


@pytest.fixture
def table(send: Send, store: Store) -> ReviewTable:
    send("mars.csv", FIVE)
    return ReviewTable(store)


def id_of(table: ReviewTable, words: str) -> str:
    return page(table, Wanted(words=words)).reviews[0].id


def ask(id: str, **what: object) -> Asked:
    return Asked.model_validate({"review": id, "seen": 0, "by": ANNE, "why": "erreur", **what})


def change(store: Store, id: str, **what: object) -> int:
    return changing.make(store, ask(id, **what), masked=True)


def test_a_deleted_review_is_seen_nowhere_and_learned_by_nobody(
    store: Store, table: ReviewTable, tmp_path: Path
) -> None:
    version = change(store, id_of(table, "Dupont"))
    kept = ["Jamais reçu", "Très bien", "bof", "bof"]
    reviews = table.read()
    assert reviews.comments == kept
    assert (reviews.stars, len(reviews)) == ([1, 5, 3, 3], 4)
    assert reviews.texts.of([1, 2]) == {1: "Très bien", 2: "bof"}
    assert table.read(most=3).comments == kept[:2] + kept[3:]
    assert list(at_positions(store, version, 0, 99).comments) == kept
    assert newest_positions(store, version, 9) == [0, 1, 3, 4]
    assert page(table, Wanted()).total == 4
    assert page(table, Wanted(words="Dupont")).total == 0
    assert offered(table)[0] == ["Google"]
    assert sum(versions.count(table).values()) == 4
    assert versions.export(table, None, tmp_path / "all.csv") == 4
    assert [row.rows for row in versions.log(table)][:2] == [4, 4]
    assert "Dupont" not in (tmp_path / "all.csv").read_text()


def test_no_byte_of_what_a_deleted_review_said_is_in_the_new_version(
    store: Store, table: ReviewTable
) -> None:
    change(store, id_of(table, "Jamais"))
    left = json.dumps([str(b.to_struct_array().to_pylist()) for b in every_row(table)])
    for said in ("Jamais", "colis", "Google', 'company': 'Alpha"):
        assert said not in left


def every_row(table: ReviewTable) -> list:
    return list(table.query(table.at(), "select * from reviews"))


def test_other_reviews_keep_their_position_and_identity(store: Store, table: ReviewTable) -> None:
    before = {each.id: each.position for each in page(table, Wanted()).reviews}
    gone = id_of(table, "Jamais")
    change(store, gone)
    change(store, id_of(table, "Dupont"), star=1)
    after = {each.id: each.position for each in page(table, Wanted()).reviews}
    del before[gone]
    assert after == before


@pytest.mark.parametrize("what", [{}, {"star": 4}, {"comment": "Merci à [nom]", "star": 2}])
def test_the_same_file_sent_again_adds_nothing(
    store: Store, table: ReviewTable, send: Send, what: dict
) -> None:
    change(store, id_of(table, "Dupont"), **what)
    again = send("again.csv", FIVE)
    assert (again.added, again.duplicate) == (0, 5)


@pytest.mark.parametrize("words", ["Dupont", "bof"])
def test_an_export_of_what_was_corrected_sent_again_adds_nothing(
    store: Store, table: ReviewTable, send: Send, tmp_path: Path, words: str
) -> None:
    id = id_of(table, words)
    change(store, id, star=4)
    change(store, id, comment="Très bien", seen=1)
    change(store, id, star=5, seen=2)
    change(store, id_of(table, "Jamais"))
    assert versions.export(table, None, tmp_path / "out.csv") == 4
    again = send("out.csv", (tmp_path / "out.csv").read_bytes())
    assert (again.added, again.duplicate) == (0, 4)


def test_what_reads_like_another_review_now_still_counts_as_one_of_its_own(
    store: Store, send: Send, tmp_path: Path
) -> None:
    send("a.csv", "Commentaire,star\nbof,3\nbof,3\nbien,3\n")
    table = ReviewTable(store)
    change(store, id_of(table, "bien"), comment="bof")
    versions.export(table, None, tmp_path / "out.csv")
    assert send("out.csv", (tmp_path / "out.csv").read_bytes()).added == 0
    assert send("b.csv", "Commentaire,star\n" + "bof,3\n" * 4).added == 1
    # Said as before again, it takes no further place.
    change(store, id_of(table, "bof"), star=1)
    first = page(table, Wanted(stars=(1,))).reviews[0]
    change(store, first.id, star=3, seen=1)
    assert send("c.csv", "Commentaire,star\n" + "bof,3\n" * 5).added == 1


def test_a_correction_is_what_models_learn_and_says_who_made_it(
    store: Store, table: ReviewTable
) -> None:
    id = id_of(table, "Dupont")
    change(store, id, comment="Merci à vous, écrivez à a@b.fr", star=5)
    reviews = table.read()
    assert reviews.comments[2] == "Merci à vous, écrivez à [e-mail]"
    assert reviews.stars[2] == 5
    review = one(table, id)
    (made,) = review.changes
    assert (made.by, made.why, made.star, made.text) == (ANNE, "erreur", 2, True)
    assert (review.upload, review.line, review.number) == ("mars", 4, "3")
    change(store, id, star=4, why="encore", seen=1)
    assert [(each.why, each.star) for each in one(table, id).changes] == [
        ("erreur", 2),
        ("encore", 5),
    ]
    assert one(table, id, 1).changes == ()


def test_a_deleted_review_says_who_deleted_it_and_what_it_came_from(
    store: Store, table: ReviewTable
) -> None:
    id = id_of(table, "Jamais")
    change(store, id)
    review = one(table, id)
    assert review.deleted
    assert (review.comment, review.upload, review.line) == ("", "mars", 2)
    assert review.changes[0].by == ANNE
    with pytest.raises(Outdated):
        change(store, id, star=2, seen=1)


def test_a_restored_version_brings_it_back(store: Store, table: ReviewTable) -> None:
    id = id_of(table, "Dupont")
    change(store, id)
    versions.restore(table, 1)
    assert one(table, id).comment == "Merci à Mme Dupont-Martin"
    assert len(table.read()) == 5
    change(store, id, star=1)
    assert one(table, id).star == 1


def test_versions_before_the_change_are_readable_until_their_files_are_vacuumed(
    store: Store, table: ReviewTable
) -> None:
    change(store, id_of(table, "Dupont"))
    assert len(table.read(1)) == 5
    what = [(each.what, each.added, each.readable.until is None) for each in versions.log(table)]
    assert what[:3] == [("change", 0, True), ("change", -1, True), ("merge", 5, False)]
    retention.vacuum(table, 0)
    with pytest.raises(NotFound):
        len(table.read(1))
    assert len(table.read()) == 4


def test_two_versions_differ_by_what_was_changed(store: Store, table: ReviewTable) -> None:
    second = change(store, id_of(table, "Dupont"), star=5)
    third = change(store, id_of(table, "Jamais"))
    corrected = versions.compare(table, 1, second)
    assert corrected.added_by == {("mars", "TrustPilot", 5): 1}
    assert corrected.removed_by == {("mars", "TrustPilot", 2): 1}
    assert versions.compare(table, second, third).removed_by == {("mars", "Google", 1): 1}
    assert versions.compare(table, second, third).added == 0


def test_each_change_counts_as_one_row_more_to_be_learned(store: Store, table: ReviewTable) -> None:
    id = id_of(table, "Dupont")
    for number, star in enumerate((4, 2, 4)):
        change(store, id, star=star, seen=number)
        assert table.at().count() == 6 + number
    change(store, id, seen=3)
    assert table.at().count() == 9


def test_a_change_asked_twice_is_made_once(store: Store, table: ReviewTable) -> None:
    asked = ask(id_of(table, "Dupont"), star=4)
    version = changing.make(store, asked, masked=True)
    assert changing.make(store, asked, masked=True) == version
    assert len(one(table, asked.review).changes) == 1


def test_a_change_that_died_half_way_is_finished(
    store: Store, table: ReviewTable, send: Send, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = ask(id_of(table, "Dupont"), star=4)
    with monkeypatch.context() as patched:
        patched.setattr(ReviewTable, "append", die)
        with pytest.raises(KeyboardInterrupt):
            changing.make(store, asked, masked=True)
    changing.make(store, asked, masked=True)
    assert len(one(table, asked.review).changes) == 1
    versions.export(table, None, tmp_path / "out.csv")
    assert send("out.csv", (tmp_path / "out.csv").read_bytes()).added == 0


def die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_review_that_somebody_else_changed_meanwhile_is_left_alone(
    store: Store, table: ReviewTable
) -> None:
    id = id_of(table, "Dupont")
    change(store, id, star=4)
    with pytest.raises(Outdated):
        change(store, id, star=1)
    assert one(table, id).star == 4
    with pytest.raises(NotFound):
        change(store, "0" * 32, star=1)


def test_an_upload_that_is_merged_meanwhile_loses_nothing(
    store: Store, table: ReviewTable, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, times = ReviewTable.replace, iter(range(99))

    def after_a_merge(self: ReviewTable, *what: object) -> int:
        if next(times) == 0:
            send("b.csv", "Commentaire,star\nentre deux,4\n")
        return replace(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(ReviewTable, "replace", after_a_merge)
    change(store, id_of(table, "Dupont"), star=5)
    reviews = table.read()
    assert reviews.comments[-1] == "entre deux"
    assert reviews.stars == [1, 5, 5, 3, 3, 4]


def test_a_merge_meets_a_change_and_looks_again(
    store: Store, table: ReviewTable, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, times = ReviewTable.append, iter(range(99))

    def after_a_change(self: ReviewTable, reviews: list, about: dict) -> int:
        if next(times) == 0:
            change(store, id_of(ReviewTable(store), "Dupont"))
        return append(self, reviews, about)

    monkeypatch.setattr(ReviewTable, "append", after_a_change)
    assert send("b.csv", FIVE + "neuf,4,,,,,\n").added == 1
    assert table.read().comments[-1] == "neuf"


def test_a_table_of_before_there_were_changes_takes_them_and_uploads_after_them(
    store: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    from arro3.core import Schema

    from satispy.reviews import stored
    from satispy.reviews import table as tables

    with monkeypatch.context() as before:
        old = Schema([stored.SCHEMA.field(name) for name in stored.COLUMNS if name != "changed"])
        before.setattr(tables, "SCHEMA", old)
        send("mars.csv", FIVE)
    table = ReviewTable(store)
    assert send("avril.csv", "Commentaire,star\nassez bien,4\n").added == 1
    version = change(store, id_of(table, "Dupont"), star=5)
    assert one(table, id_of(table, "Dupont"), 2).changes == ()
    assert one(table, id_of(table, "Dupont")).changes[0].star == 2
    assert versions.compare(table, 2, version).added == 1
    assert send("mai.csv", "Commentaire,star\ncorrect,4\n").added == 1
    assert len(table.read()) == 7


def test_quotes_and_lines_of_a_correction_stay_as_they_were_typed(
    store: Store, table: ReviewTable
) -> None:
    typed = "C'est \"l'été\"\n-- $1 {} ; \\n 'or' 1=1 é 😀"
    id = id_of(table, "Dupont")
    change(store, id, comment=typed)
    assert one(table, id).comment == typed


@pytest.mark.parametrize(
    "what", [{"star": 0}, {"star": 6}, {"comment": "  "}, {"comment": "<b></b>"}, {"why": " "}]
)
def test_what_no_row_may_hold_is_refused(store: Store, table: ReviewTable, what: dict) -> None:
    with pytest.raises(ValueError, match="validation error"):
        change(store, id_of(table, "Dupont"), **what)
    assert one(table, id_of(table, "Dupont")).changes == ()


def test_who_mended_a_row_that_was_deleted_since_does_not_bring_it_back(
    store: Store, send: Send, tmp_path: Path
) -> None:
    refused = send("a.csv", "Commentaire,star\nbien,six\n")
    rows = list(csv.DictReader(store.read(refused.quarantine).decode("utf-8-sig").splitlines()))
    lines = [",".join(rows[0]), ",".join(rows[0].values()).replace("six", "5")]
    assert send("m.csv", "\n".join(lines)).added == 1
    table = ReviewTable(store)
    change(store, id_of(table, "bien"))
    assert send("m2.csv", "\n".join(lines)).added == 0


def test_a_change_gives_up_when_others_never_stop(
    store: Store, table: ReviewTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise Conflict("somebody else")

    monkeypatch.setattr(ReviewTable, "replace", busy)
    monkeypatch.setattr(changing, "MAX_ATTEMPTS", 2)
    with pytest.raises(Conflict, match="try it again"):
        change(store, id_of(table, "Dupont"), star=1)
