"""A review in HTML, or beside its translation, is the review itself."""

from satispy.reviews import ReviewTable

HEADER = "Commentaire;star\n"


def test_a_comment_in_html_is_stored_as_it_reads_and_is_the_same_review(store, send):
    first = send(
        "html.csv",
        HEADER
        + '"Livr&eacute; ab&icirc;m&eacute;<br />&Agrave; refaire&nbsp;!";2\n'
        + '"(Translated by Google) Nice shop\n\n(Original)\nJolie boutique";5\n',
    )
    assert first.added == 2
    assert ReviewTable(store).read().comments == ["Livré abîmé\nÀ refaire !", "Jolie boutique"]
    plain = send("plain.csv", HEADER + '"Livré abîmé\r\nÀ refaire !";2\nJolie boutique;5\n')
    assert (plain.added, plain.duplicate) == (0, 2)


def test_spaces_and_line_ends_make_no_other_review(send):
    send("a.csv", HEADER + '"Bien\n\nemballé\u00a0!";5\n')
    assert send("b.csv", HEADER + "Bien  emballé !;5\n").duplicate == 1


def test_two_rows_of_one_file_that_read_the_same_are_two_reviews(send):
    assert send("a.csv", HEADER + 'Très bien;5\n"Tr&egrave;s bien";5\n').added == 2


def test_a_comment_of_nothing_but_html_is_empty(send):
    receipt = send("a.csv", HEADER + '"&nbsp;<br/>";3\n"<p></p>";3\n')
    assert [reason.code for reason in receipt.reasons] == ["comment_empty"]
