"""What the receipt says of how a file was written, and rows that cannot be read."""

import pytest


@pytest.mark.parametrize(
    ("data", "encoding", "separator"),
    [
        ("Commentaire,star\ndéçue,1\n".encode(), "utf-8", ","),
        ("Commentaire;star\ndéçue;1\n".encode("utf-8-sig"), "utf-8", ";"),
        ("Commentaire\tstar\ndéçue\t1\n".encode("utf-16"), "utf-16", "\t"),
        ("Commentaire,star\ndéçue,1\n".encode("utf-16-be"), "utf-16-be", ","),
        ("Commentaire,star\ndéçue,1\n".encode("cp1252"), "cp1252", ","),
        ("Commentaire,star\ndéçue,1\n".encode() + "reçu,4\n".encode("cp1252"), None, ","),
    ],
)
def test_the_receipt_says_how_the_file_was_written(send, data, encoding, separator):
    receipt = send("a.csv", data)
    assert receipt.rejected == 0
    assert receipt.encoding == (encoding or "utf-8, 1 line cp1252")
    assert receipt.separator == separator


def test_a_row_whose_bytes_are_no_utf_16_is_quarantined_not_merged_with_marks_in_it(send):
    data = "Commentaire,star\nbien,5\nmal,1\n".encode("utf-16-le")
    at = data.index("mal".encode("utf-16-le"))
    receipt = send("a.csv", b"\xff\xfe" + data[:at] + b"\x00\xd8" + data[at + 2 :])
    assert (receipt.added, receipt.rejected) == (1, 1)
    assert receipt.reasons[0].code == "row_not_text"


def test_comments_keep_their_line_ends_quotes_and_separators(store, send):
    from satispy.reviews import ReviewTable

    send("a.csv", 'Commentaire,star\r\n"un ""top"", vraiment\r\net rapide",5\r\n')
    assert ReviewTable(store).read().comments == ['un "top", vraiment\net rapide']
