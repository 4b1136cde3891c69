"""Who sends a workbook in the place of a CSV is told what to do, in one sentence."""

import io
import zipfile

import pytest


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name in names:
            written.writestr(name, "x" * 100)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (archive("avis.csv"), "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\n<!doctype HTML><title>403</title>", "a web page"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_as_what_it_is(send, data, says):
    receipt = send("a.csv", data)
    assert says in receipt.refused
    assert "\n" not in receipt.refused
    assert receipt.dataset_version is None
