"""What the receipt says of how a file was written, and rows however they are written."""

import pytest

from satispy.reviews import MergeRules, ReviewTable
from satispy.reviews.charsets import legacy_codec
from satispy.reviews.reading import rows
from satispy.reviews.said import Said
from satispy.reviews.survey import examine
from satispy.reviews.twice_encoded import mend


@pytest.fixture
def stored(store, send):
    """Merge one file; its receipt, and (comment, star) of each row that was added."""

    def stored(data: str | bytes, **rules: object):
        receipt = send("a.csv", data, rules=MergeRules(**rules))
        if receipt.refused:
            return receipt, []
        reviews = ReviewTable(store).read()
        return receipt, list(zip(reviews.comments, reviews.stars, strict=True))

    return stored


def fates(receipt):
    return receipt.received, receipt.added, receipt.rejected


def codes(receipt):
    return {note.code for note in receipt.notes}


@pytest.mark.parametrize(
    ("data", "encoding", "separator"),
    [
        ("Commentaire,star\ndéçue,1\n".encode(), "utf-8", ","),
        ("Commentaire;star\ndéçue;1\n".encode("utf-8-sig"), "utf-8", ";"),
        ("Commentaire\tstar\ndéçue\t1\n".encode("utf-16"), "utf-16", "\t"),
        ("Commentaire,star\ndéçue,1\n".encode("utf-16-be"), "utf-16-be", ","),
        ("Commentaire,star\ndéçue,1\n".encode("utf-32"), "utf-32", ","),
        ("Commentaire,star\ndéçue,1\n".encode("cp1252"), "cp1252", ","),
        ("Commentaire,star\ndéçue,1\n".encode() + "reçu,4\n".encode("cp1252"), None, ","),
        ("Commentaire;star\nça gâche tout, dégoûtée;1\n".encode("mac-roman"), "mac-roman", ";"),
        ("Commentaire;star\nça gâche tout, dégoûtée;1\n".encode("cp850"), "cp850", ";"),
    ],
)
def test_the_receipt_says_how_the_file_was_written(send, data, encoding, separator):
    receipt = send("a.csv", data)
    assert receipt.rejected == 0
    assert receipt.encoding == (encoding or "utf-8, 1 line cp1252")
    assert receipt.separator == separator


def test_mac_and_dos_files_hold_the_same_reviews_as_utf_8(send):
    text = "Commentaire;star\nPièce abîmée, reçue à moitié vidée;1\nÀ part ça, très gentils;4\n"
    assert fates(send("a.csv", text.encode()))[1] == 2
    for codec in ("mac-roman", "cp850", "cp1252"):
        receipt = send(f"{codec}.csv", text.encode(codec))
        assert (receipt.added, receipt.duplicate) == (0, 2), codec
    assert receipt.encoding_sure > 0.9


@pytest.mark.parametrize("codec", ["cp1252", "mac-roman", "cp850", "iso8859-15"])
@pytest.mark.parametrize(
    "text", ["Très déçu", "DÉÇUE", "où est-il passé ?", "« génial »", "Ça va", "cœur léger"]
)
def test_one_short_remark_tells_its_encoding(codec, text):
    data = text.encode(codec, "ignore")
    found, _ = legacy_codec([data])
    assert found is not None
    assert data.decode(found) == data.decode(codec)


def test_letters_that_no_french_reader_wrote_wait_for_a_word(send):
    data = "Commentaire;star\nОчень хорошо, спасибо;5\n".encode("cp1251")
    assert "--encoding" in send("a.csv", data).refused
    layout = examine(lambda: iter([data]), Said(encoding="cp1251"))
    [row] = rows(lambda: iter([data]), layout)
    assert row.cells == ["Очень хорошо, спасибо", "5"]
    assert layout.encoding == "cp1251"


def test_a_few_lines_in_no_known_encoding_cost_only_themselves(stored):
    data = "Commentaire;star\nReçu;5\nAbîmé;2\n".encode() + b"\x81\x8d\x9d;4\n"
    receipt, rows = stored(data)
    assert rows == [("Reçu", 5), ("Abîmé", 2)]
    assert receipt.reasons[0].code == "row_not_text"


def test_lines_appended_in_another_encoding_are_read(stored):
    utf16 = "Commentaire;star\r\nA été reçu;5\r\n".encode("utf-16")
    receipt, rows = stored(utf16 + "Pas reçu;1\r\nMoyen;3\r\n".encode())
    assert rows == [("A été reçu", 5), ("Pas reçu", 1), ("Moyen", 3)]
    assert receipt.encoding == "utf-16, 2 lines utf-8"
    receipt, rows = stored(
        "Commentaire;star\nDéjà là;4\n".encode() + "Bien arrivé;5\nCassé;1\n".encode("utf-16-le")
    )
    assert rows[3:] == [("Déjà là", 4), ("Bien arrivé", 5), ("Cassé", 1)]


def test_a_row_whose_bytes_are_no_utf_16_is_quarantined_not_merged_with_marks_in_it(send):
    data = "Commentaire,star\nbien,5\nmal,1\n".encode("utf-16-le")
    at = data.index("mal".encode("utf-16-le"))
    receipt = send("a.csv", b"\xff\xfe" + data[:at] + b"\x00\xd8" + data[at + 2 :])
    assert (receipt.added, receipt.rejected) == (1, 1)
    assert receipt.reasons[0].code == "row_not_text"


def test_text_that_was_encoded_twice_is_the_review_it_was(send):
    text = "Commentaire;star\nArrivé abîmé, c’est gâché…;1\nŒuvre d’art à 9 €;5\n"
    assert send("a.csv", text).added == 2
    for codec in ("cp1252", "mac-roman", "cp850"):
        body = text.encode()
        taken = "".join(
            bytes([b]).decode(codec, "ignore") or bytes([b]).decode("latin-1") for b in body
        )
        receipt = send(f"{codec}.csv", taken)
        assert (receipt.added, receipt.duplicate) == (0, 2), codec
        assert "encoded_twice" in codes(receipt)


@pytest.mark.parametrize(
    "text", ["IRMÃOS, SÃO JOÃO", "« CAFÉ »", "PÂTÉ™", "MAÏS", "À “VOIR”", "VU À…"]
)
def test_text_that_only_looks_so_is_left_alone(text):
    assert mend(text) == text


def test_comments_keep_their_line_ends_quotes_and_separators(stored):
    _, rows = stored('Commentaire,star\r\n"un ""top"", vraiment\r\net rapide",5\r\n')
    assert rows == [('un "top", vraiment\net rapide', 5)]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;", "sep=;;"])
def test_a_line_that_declares_the_separator_is_passed_over(stored, first):
    receipt, rows = stored(f"{first}\r\nstar;Commentaire\r\n4;correct, mais lent\r\n;rien\r\n")
    assert rows == [("correct, mais lent", 4)]
    assert receipt.reasons[0].lines == [4]


def test_a_declared_separator_may_be_an_unusual_one(stored):
    _, rows = stored("sep=^\nCommentaire^star\nlong, très; long^2\n")
    assert rows == [("long, très; long", 2)]


@pytest.mark.parametrize(
    "above",
    [
        "\r\n\r\n",
        "Avis clients - boutique de Lyon\r\nDu 01/02/2024 au 29/02/2024\r\n\r\n",
        "Rapport;;\r\n;;\r\n",
        '"Rapport du mois, par boutique"\r\n',
    ],
)
def test_titles_and_blank_lines_above_the_header_are_passed_over(stored, above):
    receipt, rows = stored(above + "star;Commentaire;source\r\n4;correct;web\r\n1;nul;web\r\n")
    assert rows == [("correct", 4), ("nul", 1)]
    assert fates(receipt) == (2, 2, 0)


def test_a_row_above_the_header_does_not_vanish(stored):
    receipt, rows = stored("bien;5\nCommentaire;star\nmal;1\n")
    assert rows == [("mal", 1)]
    assert fates(receipt) == (2, 1, 1)


def test_missing_cells_at_the_end_are_empty_if_they_may_be(stored):
    receipt, rows = stored("star;Commentaire;date;réponse\n5;bien;01/02/2024\n4;bof\n3\n")
    assert rows == [("bien", 5), ("bof", 4)]
    assert receipt.reasons[0].code == "row_malformed"


def test_empty_cells_behind_the_last_are_cut_where_every_row_has_them(stored):
    receipt, rows = stored("Commentaire;star\nbien;5;;\nmal;1;;\n")
    assert rows == [("bien", 5), ("mal", 1)]
    assert "surplus_cut" in codes(receipt)


@pytest.mark.parametrize(
    "rows",
    ["bien,5,web\nBon, mais lent,4,\n", "mal,1,web\nPour moi, 5, c'est 3,2\n", "Oui, 5,2,\n"],
)
def test_a_row_with_a_cell_too_many_is_never_shifted(stored, rows):
    receipt, added = stored(f"Commentaire,star,source\n{rows}")
    assert fates(receipt)[2] == 1
    assert {comment for comment, _ in added} <= {"bien", "mal"}
    assert receipt.reasons[0].code == "row_cell_too_many"


def test_rows_of_old_macs_keep_the_line_ends_of_their_cells(stored):
    receipt, rows = stored('star;Commentaire\r5;un\r4;"deux\nlignes"\r1;trois\r')
    assert rows == [("un", 5), ("deux\nlignes", 4), ("trois", 1)]
    assert fates(receipt) == (3, 3, 0)


def test_line_ends_may_be_mixed(stored):
    _, rows = stored("star;Commentaire\r\n5;un\n4;deux\r\n3;trois\r2;quatre\r1;cinq\n")
    assert rows == [("un", 5), ("deux", 4), ("trois", 3), ("quatre", 2), ("cinq", 1)]


def test_a_bare_line_end_within_a_cell_without_quotes_cuts_no_row(stored):
    _, rows = stored("n;Commentaire;star\r\n1;reçu\ncassé;2\r\n2;bien\rreçu;5\r\n")
    assert rows == [("reçu\ncassé", 2), ("bien\nreçu", 5)]


def test_byte_order_marks_may_stand_at_any_line(stored):
    _, rows = stored('\ufeffCommentaire;star\n\ufeff"un; deux";5\nï»¿trois;4\n')
    assert rows == [("un; deux", 5), ("trois", 4)]


def test_a_header_that_comes_again_is_no_row(stored):
    receipt, rows = stored("Commentaire;star\nun;5\n\ufeffcommentaire;STAR\ndeux;4\n")
    assert rows == [("un", 5), ("deux", 4)]
    assert "header_again" in codes(receipt)


def test_files_that_were_joined_may_each_have_their_title(stored):
    one = "sep=;\nAvis de mai;\n\nCommentaire;star\n"
    receipt, rows = stored(f"{one}un;5\n\n\ufeff{one}deux;4\n")
    assert rows == [("un", 5), ("deux", 4)]
    assert fates(receipt) == (2, 2, 0)


def test_a_header_that_comes_again_in_another_order_counts_from_there(stored):
    _, rows = stored("Commentaire;star\nun;5\nstar;Commentaire\n1;deux\n")
    assert rows == [("un", 5), ("deux", 1)]


def test_other_columns_further_down_are_not_read_as_the_first(stored):
    receipt, rows = stored("Commentaire;star\nun;5\nDate;star;Commentaire\nx;2;deux\n")
    assert rows == [("un", 5)]
    assert fates(receipt) == (2, 1, 1)


@pytest.mark.parametrize(
    "header",
    [
        "Commentaire;Étoiles".encode(),
        "Commentaire;E\u0301toiles".encode(),
        "Commentaire;Étoiles".encode("cp1252"),
        b"commentaire ;ETOILES",
        "COMMENTAIRE;Nombre d’étoiles".encode(),
        "Commentaire;Nombre d'étoiles :".encode(),
        "\ufeffCommentaire;nombre_d'etoiles".encode(),
        "Commentaire;Nombre d’étoiles".encode("cp1252"),
    ],
)
def test_a_column_is_known_however_its_name_is_spelled(stored, header):
    _, rows = stored(header + "\nreçu;4\n".encode())
    assert rows == [("reçu", 4)]


def test_backslashes_escape_where_the_file_escapes_by_them(stored):
    receipt, rows = stored(
        'Commentaire;star;source\n"dit \\"jamais\\"";1;\\N\n"un; deux";5;web\n"c:\\\\avis";4;web\n'
    )
    assert rows == [('dit "jamais"', 1), ("un; deux", 5), ("c:\\avis", 4)]
    assert "backslashes_escape" in codes(receipt)


def test_backslashes_are_text_where_they_escape_nothing(stored):
    _, rows = stored('Commentaire;star\n"d:\\";5\nbien \\o/;4\n')
    assert rows == [("d:\\", 5), ("bien \\o/", 4)]


def test_a_database_dump_with_tabs_is_read_by_its_own_rules(stored):
    _, rows = stored('Commentaire\tstar\tdate\nligne un\\nligne deux\t4\t\\N\n"bien\t5\t\\N\n')
    assert rows == [("ligne un\nligne deux", 4), ('"bien', 5)]


def test_quotes_are_text_where_tabs_alone_tell_the_cells_apart(stored):
    receipt, rows = stored('star\tCommentaire\n5\t"Top" selon lui\n2\t"ouvert\n4\tun 27" plat\n')
    assert rows == [('"Top" selon lui', 5), ('"ouvert', 2), ('un 27" plat', 4)]
    assert "quotes_literal" in codes(receipt)


def test_quotes_of_a_tabbed_file_that_excel_wrote_are_taken_off(stored):
    _, rows = stored('star\tCommentaire\n5\t"dit ""top"""\n2\t"deux\nlignes"\n')
    assert rows == [('dit "top"', 5), ("deux\nlignes", 2)]


def test_an_inch_mark_joins_no_rows(stored):
    receipt, rows = stored('star,Commentaire,n\n2,"pas net,1\n5,bien,2\n4,un 24",3\n3,bof,4\n')
    assert rows == [("bien", 5), ('un 24"', 4), ("bof", 3)]
    assert fates(receipt) == (4, 3, 1)


def test_a_record_of_lines_that_could_each_be_a_row_goes_whole_to_the_quarantine(stored):
    receipt, rows = stored('Commentaire,star\nun,5\n"deux,1\ntrois,4\nfin",2\nquatre,3\n')
    assert rows == [("un", 5), ("quatre", 3)]
    assert fates(receipt) == (3, 2, 1)
    assert receipt.reasons[0].code == "row_ambiguous"


def test_a_comment_of_which_one_line_looks_like_a_row_stays_whole(stored):
    _, rows = stored('Commentaire,star\n"Voici :\nbien,5\nfin",2\n')
    assert rows == [("Voici :\nbien,5\nfin", 2)]


def test_the_end_of_a_broken_cell_is_no_row(stored):
    receipt, rows = stored('Commentaire,star\nun,5\n"Bonjour\nil a dit "nul"\nfini",2\ntrois,3\n')
    assert rows == [("un", 5), ("trois", 3)]
    assert fates(receipt) == (3, 2, 1)


def test_two_columns_of_one_name_are_both_kept(store, send, tmp_path):
    from satispy.reviews import versions

    send("a.csv", "Commentaire,star,Motif,motif\nbien,5,prix,délai\n")
    versions.export(ReviewTable(store), None, tmp_path / "out.csv")
    header, row = (tmp_path / "out.csv").read_text().splitlines()
    assert header.endswith("Motif,motif (2)")
    assert row.endswith("prix,délai")


def test_a_column_that_is_there_twice_is_chosen_by_its_position(send):
    data = "Commentaire;Note;Note\nbien;5;2\n"
    assert "#2" in send("a.csv", data).refused
    for said in ("#3", "Note (2)"):
        rules = MergeRules(columns={"star": said})
        assert send("b.csv", data, rules=rules).added == (said == "#3")


def test_marks_on_another_scale_are_refused_by_its_name_or_converted_as_mapped(stored):
    data = "Commentaire;Note\nnul;1\nbof;5\nbien;8\ntop;9\n"
    receipt, _ = stored(data)
    assert "scale to 10" in receipt.refused
    _, rows = stored(data, columns={"star": "Note/10"})
    assert [star for _, star in rows] == [1, 3, 4, 5]


def test_dates_of_a_column_are_read_by_what_the_column_says(store, send):
    american = "Commentaire,star,date\nun,5,02/03/2023\ndeux,4,10/25/2023\n"
    receipt = send("a.csv", american)
    assert [str(day) for day in ReviewTable(store).read().dates] == ["2023-02-03", "2023-10-25"]
    assert "month first" in receipt.notes[0].message
    both = "Commentaire,star,date\ntrois,5,02/03/2023\nquatre,4,03/04/2023\n"
    receipt = send("b.csv", both)
    assert "either way" in receipt.notes[0].message
    said = MergeRules(dates="month-first")
    assert send("c.csv", both, rules=said).added == 2
    assert str(ReviewTable(store).read().dates[-1]) == "2023-03-04"


def test_numbers_that_lost_their_last_digits_identify_nothing(send):
    rows = "".join(f"avis {n},5,1234567890123{n}00000\n" for n in (10, 10, 20))
    receipt = send("a.csv", f"Commentaire,star,number\n{rows}")
    assert receipt.added == 3
    assert "numbers_rounded" in codes(receipt)
