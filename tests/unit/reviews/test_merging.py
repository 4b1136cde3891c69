"""Whatever is uploaded, however often, each row's fate is known and right."""

import csv
import datetime as dt
import io
import threading

import pytest

from satispy.errors import Conflict
from satispy.reviews import MergeRules, ReviewTable, merge_upload, receipts
from satispy.reviews.stored import StoredReview
from satispy.reviews.table import ReviewTable as Table

HEADER = "inID,Commentaire,star,source,company,index_org,star_org,date\n"
THREE = (
    HEADER
    + '0,"très bien , parfait",5,TrustedShop,ShowRoom,10,5,27/07/2020\n'
    + "1,déçue,1,TrustPilot,ShowRoom,11,1,2021-06-20 00:00:00+00:00\n"
    + "2,parfait,4,TrustedShop,ShowRoom,12,4,27/07/2020\n"
)


def fates(receipt):
    return receipt.received, receipt.added, receipt.duplicate, receipt.rejected


def test_rows_stand_in_the_table_in_the_order_of_their_uploads(store, send):
    send("first.csv", THREE)
    send("second.csv", HEADER + "0,bof,3,TrustPilot,VeePee,13,3,21/06/2021\n")
    reviews = ReviewTable(store).read()
    assert reviews.comments == ["très bien , parfait", "déçue", "parfait", "bof"]
    assert reviews.stars == [5, 1, 4, 3]
    assert reviews.sources == ["TrustedShop", "TrustPilot", "TrustedShop", "TrustPilot"]
    assert reviews.companies == ["ShowRoom"] * 3 + ["VeePee"]
    assert [str(day) for day in reviews.dates] == [
        "2020-07-27",
        "2021-06-20",
        "2020-07-27",
        "2021-06-21",
    ]
    assert reviews.uploads == ["first"] * 3 + ["second"]


def test_an_older_version_can_still_be_read(store, send):
    first = send("first.csv", THREE)
    send("second.csv", HEADER + "0,bof,3,,,13,,\n")
    assert len(ReviewTable(store).read(first.dataset_version)) == 3
    assert len(ReviewTable(store).read()) == 4


def test_the_first_upload_makes_version_1_and_a_second_one_version_2(store, send):
    assert ReviewTable(store).version() is None
    assert send("first.csv", THREE).dataset_version == 1
    assert send("second.csv", HEADER + "0,bof,3,,,13,,\n").dataset_version == 2


def test_the_same_file_sent_twice_adds_nothing(store, send):
    assert fates(send("a.csv", THREE)) == (3, 3, 0, 0)
    assert fates(send("b.csv", THREE)) == (3, 0, 3, 0)
    assert fates(send("a.csv", THREE)) == (3, 0, 3, 0)  # a second put under the same name
    assert len(ReviewTable(store).read()) == 3


def test_the_same_file_under_two_names_within_a_second_adds_nothing_the_second_time(
    send, monkeypatch
):
    """A bucket without versions tells puts apart by content and second."""
    monkeypatch.setattr(receipts, "put_of", lambda entry: "0123456789ab")
    assert fates(send("a.csv", THREE)) == (3, 3, 0, 0)
    assert fates(send("b.csv", THREE)) == (3, 0, 3, 0)


def test_the_same_event_delivered_twice_gives_the_same_receipt(store, send):
    first = send("a.csv", THREE)
    assert merge_upload(store, "uploads/a.csv") == first


def test_an_upload_that_overlaps_another_adds_only_what_is_new(store, send):
    send("a.csv", THREE)
    assert fates(send("b.csv", THREE + "9,nouveau,5,TrustedShop,ShowRoom,99,5,\n")) == (4, 1, 3, 0)


def test_rows_that_differ_only_in_their_number_are_different_reviews(send):
    rows = "".join(f"{i},parfait,5,TrustedShop,ShowRoom,{i},5,27/07/2020\n" for i in range(5))
    assert fates(send("a.csv", HEADER + rows)) == (5, 5, 0, 0)


def test_the_running_number_of_a_file_tells_no_review_apart(send):
    send("a.csv", HEADER + "0,parfait,5,TrustedShop,ShowRoom,7,5,27/07/2020\n")
    again = send("b.csv", HEADER + "7901,parfait,5,TrustedShop,ShowRoom,7,5,27/07/2020\n")
    assert fates(again) == (1, 0, 1, 0)


def test_without_a_number_the_nth_twin_of_a_file_counts_and_the_file_sent_again_adds_nothing(send):
    twins = "Commentaire,star\nparfait,5\nparfait,5\nbof,3\n"
    assert fates(send("a.csv", twins)) == (3, 3, 0, 0)
    assert fates(send("b.csv", twins)) == (3, 0, 3, 0)
    assert fates(send("c.csv", twins + "parfait,5\n")) == (4, 1, 3, 0)


def test_the_date_of_a_review_may_be_written_in_either_form(send):
    send("a.csv", "Commentaire,star,date\nparfait,5,20/06/2021\n")
    assert send("b.csv", "Commentaire,star,date\nparfait,5,2021-06-20 00:00:00+00:00\n").added == 0


def test_an_upload_is_merged_in_chunks_with_the_same_result(store, send, small_chunks):
    rows = "".join(f"avis {i % 7},4\n" for i in range(20))
    receipt = send("a.csv", "Commentaire,star\n" + rows, rules=small_chunks)
    assert fates(receipt) == (20, 20, 0, 0)
    assert ReviewTable(store).read().comments == [f"avis {i % 7}" for i in range(20)]
    assert fates(send("b.csv", "Commentaire,star\n" + rows)) == (20, 0, 20, 0)


def test_a_large_upload_shows_how_far_it_is_until_its_receipt_is_there(
    store, small_chunks, monkeypatch
):
    seen = []
    append = Table.append

    def look_and_append(self, reviews, about):
        seen.append(receipts.progress(store, "uploads/a.csv").rows)
        return append(self, reviews, about)

    monkeypatch.setattr(Table, "append", look_and_append)
    rows = "".join(f"avis {i},4\n" for i in range(10))
    store.write("uploads/a.csv", f"Commentaire,star\n{rows}".encode())
    merge_upload(store, "uploads/a.csv", rules=small_chunks)
    assert seen == [0, 3, 6, 9]
    assert receipts.progress(store, "uploads/a.csv").rows == 0


@pytest.mark.parametrize("commits_before_death", [1, 2, 3])
def test_killed_between_two_commits_and_run_again_each_row_counts_as_added_once(
    store, monkeypatch, small_chunks, commits_before_death
):
    text = "Commentaire,star\n" + "".join(f"avis {i},4\n" for i in range(8)) + "avis 0,4\n,1\n"
    store.write("uploads/a.csv", text.encode())
    append, done = Table.append, []

    class Killed(BaseException):
        pass

    def append_then_die(self, reviews, about):
        version = append(self, reviews, about)
        done.append(version)
        if len(done) == commits_before_death:
            raise Killed
        return version

    with monkeypatch.context() as dying:
        dying.setattr(Table, "append", append_then_die)
        with pytest.raises(Killed):
            merge_upload(store, "uploads/a.csv", rules=small_chunks)
    receipt = merge_upload(store, "uploads/a.csv", rules=small_chunks)
    assert fates(receipt) == (10, 9, 0, 1)
    assert sorted(ReviewTable(store).read().comments) == sorted(
        [f"avis {i}" for i in range(8)] + ["avis 0"]
    )


def test_a_row_that_stands_twice_in_one_file_with_one_number_is_one_review_even_after_a_crash(
    store, send
):
    row = "0,parfait,5,TrustedShop,ShowRoom,7,5,27/07/2020\n"
    first = send("a.csv", HEADER + row + row)
    assert fates(first) == (2, 1, 1, 0)
    store.delete("receipts/a.json")  # as if it had died before the receipt
    assert fates(merge_upload(store, "uploads/a.csv")) == (2, 1, 1, 0)


def test_two_merges_at_once_cannot_both_add_the_same_row(store, send):
    send("base.csv", THREE)
    names = [f"uploads/{i}.csv" for i in range(6)]
    for i, name in enumerate(names):
        rows = "".join(f"0,avis {j},4,,,{j},4,\n" for j in range(i, i + 10))
        store.write(name, (HEADER + rows).encode())
    threads = [threading.Thread(target=merge_upload, args=(store, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [receipts.read(store, name) for name in names]
    assert sum(receipt.added for receipt in done) == 15
    assert sum(receipt.duplicate for receipt in done) == 45
    comments = ReviewTable(store).read().comments
    assert sorted(comments[3:]) == sorted(f"avis {j}" for j in range(15))


def test_who_commits_second_is_told_so(store, send):
    send("a.csv", THREE)
    late = Table(store)
    assert late.version() == 1
    row = StoredReview(b"0" * 16, "x", 5, None, None, None, "2020-01-01", True, None, "x", "p", 2)
    send("b.csv", HEADER + "0,bof,3,,,13,,\n")
    with pytest.raises(Conflict):
        late.append([row], {})


def test_bad_rows_are_quarantined_and_the_good_rows_of_the_file_merged(store, send):
    receipt = send(
        "a.csv",
        HEADER
        + "0,bien,5,,,1,,\n"
        + "1,   ,5,,,2,,\n"
        + "2,mal,6,,,3,,\n"
        + "3,mal,beaucoup,,,4,,\n"
        + "4,mal,,,,5,,\n"
        + "5,mal,1,,,6,,31/02/2020\n"
        + "6,mal,1,,,7,,01/01/2999\n"
        + "7,mal\n",
    )
    assert fates(receipt) == (8, 1, 0, 7)
    assert {reason.code: reason.lines for reason in receipt.reasons} == {
        "comment_empty": [3],
        "star_out_of_range": [4],
        "star_invalid": [5],
        "star_missing": [6],
        "date_invalid": [7],
        "date_in_future": [8],
        "row_malformed": [9],
    }
    rows = quarantined(store, receipt)
    assert [row["satispy_line"] for row in rows] == ["4", "5", "6", "7", "8", "9"]
    assert rows[0]["star"] == "6"
    assert rows[0]["satispy_reason"].startswith("the star is not between 1 and 5 / ")
    assert rows[5]["satispy_raw"] == "7,mal"


def test_ratings_without_words_are_counted_and_nobody_is_asked_to_mend_them(store, send):
    receipt = send("a.csv", "Commentaire,star\nbien,5\n,4\nN/A,2\nNULL,\n")
    assert fates(receipt) == (4, 1, 0, 3)
    assert {reason.code: reason.count for reason in receipt.reasons} == {
        "comment_empty": 2,
        "star_missing": 1,
    }
    assert [row["satispy_line"] for row in quarantined(store, receipt)] == ["5"]
    assert "ratings without words: 2" in receipt.notes[0].message
    assert send("b.csv", "Commentaire,star\n,4\n").quarantine is None


def quarantined(store, receipt):
    text = store.read(receipt.quarantine).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def mend(store, receipt, **values):
    text = store.read(receipt.quarantine).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames)
    writer.writeheader()
    writer.writerows({**row, **values} for row in reader)
    return out.getvalue()


def test_a_mended_quarantine_is_added_once_even_beside_a_twin(store, send):
    text = "Commentaire,star\nparfait,5\nparfait,beaucoup\nparfait,\n"
    receipt = send("a.csv", text)
    assert fates(receipt) == (3, 1, 0, 2)
    mended = mend(store, receipt, star="5")
    assert fates(send("mended.csv", mended)) == (2, 2, 0, 0)
    assert fates(send("mended again.csv", mended)) == (2, 0, 2, 0)
    # The whole file, mended as well, says nothing new.
    assert fates(send("whole.csv", "Commentaire,star\n" + "parfait,5\n" * 3)) == (3, 0, 3, 0)


def test_a_row_mended_badly_goes_back_to_quarantine_and_keeps_where_it_came_from(store, send):
    receipt = send("a.csv", "Commentaire,star\nparfait,beaucoup\n")
    again = send("b.csv", mend(store, receipt, star="9"))
    assert fates(again) == (1, 0, 0, 1)
    assert quarantined(store, again)[0]["satispy_line"] == "2"
    assert quarantined(store, again)[0]["satispy_upload"].startswith("a@")
    assert fates(send("c.csv", mend(store, again, star="5"))) == (1, 1, 0, 0)


def test_a_file_without_the_needed_columns_is_refused_and_the_receipt_says_what_to_do(store, send):
    receipt = send("a.csv", "Ce qui a été dit;Mesure\nbien;5\n")
    assert fates(receipt) == (0, 0, 0, 0)
    assert receipt.dataset_version is None
    for words in ("Ce qui a été dit", "Mesure", "'Commentaire' and 'star'", "x-amz-meta"):
        assert words in receipt.refused
    assert receipts.read(store, "a") == receipt


def test_columns_with_other_names_can_be_mapped(store, send):
    rules = MergeRules(columns={"comment": "Ce qui a été dit", "star": "Mesure"})
    receipt = send("a.csv", "Ce qui a été dit;Mesure\nbien;5\n", rules=rules)
    assert fates(receipt) == (1, 1, 0, 0)
    assert receipt.columns == rules.columns


def test_personal_data_is_masked_in_the_table_and_in_the_quarantine_and_counted(store, send):
    receipt = send(
        "a.csv",
        "Commentaire,star\n"
        "écrivez à jean.dupont @ exemple.fr ou au 06 12 34 56 78,5\n"
        "commande 230130353 non reçue,neuf\n",
    )
    assert receipt.masked == {"email": 1, "phone": 1}
    assert ReviewTable(store).read().comments == ["écrivez à [e-mail] ou au [téléphone]"]
    assert quarantined(store, receipt)[0]["Commentaire"] == "commande [numéro] non reçue"


def test_a_retrain_is_started_once_and_only_if_rows_were_added(send):
    started = []

    def start(version):
        started.append(version)
        return f"v{version:05d}"

    assert send("a.csv", THREE, start_retrain=start).run == "v00001"
    assert send("b.csv", THREE, start_retrain=start).run is None
    assert send("c.csv", "rien", start_retrain=start).run is None
    assert started == [1]


def test_each_put_of_a_name_keeps_its_receipt_and_its_quarantine(store, send):
    first = send("a.csv", "Commentaire,star\nbien,5\nun,\n")
    second = send("a.csv", "Commentaire,star\nmal,1\ndeux,\n")
    assert receipts.read(store, "a") == second
    kept = receipts.find(store, "uploads/a.csv", first.put)
    assert (kept.put, kept.added) == (first.put, 1)
    assert len(receipts.all(store)) == 2
    assert quarantined(store, kept)[0]["Commentaire"] == "un"
    assert quarantined(store, second)[0]["Commentaire"] == "deux"


def test_the_event_of_an_older_file_that_comes_late_does_not_hide_the_newer_receipt(store, send):
    old = send("a.csv", "Commentaire,star\nbien,5\nun,\n")
    store.delete("receipts/a.json")
    newer = old.model_copy(update={"put": "newer", "put_at": old.put_at + dt.timedelta(hours=1)})
    receipts.save(store, newer)
    late = merge_upload(store, "uploads/a.csv")
    assert receipts.read(store, "a").put == "newer"
    assert receipts.find(store, "uploads/a.csv", late.put) == late
    assert late.quarantine == f"quarantine/a@{late.put}.csv"


def test_a_refusal_that_quotes_a_review_quotes_it_masked(send):
    receipt = send("a.csv", "écrire à jean@exemple.fr,5\nbien,4\n")
    assert "exemple.fr" not in receipt.refused
    assert "[e-mail]" in receipt.refused
