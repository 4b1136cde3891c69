"""In a terminal of 80 columns figures stay whole, however long names are."""

import datetime as dt
import io

import pytest
from rich.console import Console
from rich.text import Text

from satispy.cli import _terminal, _uploads
from satispy.reviews import Receipt, receipts
from satispy.storage import Store

NAMES = ("upload", "merged", "rows", "added", "duplicate", "rejected", "version", "run")


def printed(rows: list[tuple[str, ...]], width: int = 80) -> list[str]:
    made = _terminal.table(*NAMES, words=("upload", "merged", "run"))
    for name, *rest in rows:
        made.add_row(Text(name), *rest)
    out = io.StringIO()
    _terminal.print_table(made, Console(file=out, width=width))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("name", ["a", "un-nom-de-fichier-sans-fin" * 12, "[red]été 2024[/] " * 20])
@pytest.mark.parametrize("width", [80, 40])
def test_no_figure_is_cut(name: str, width: int) -> None:
    figures = ("12,345,678", "11,222,333", "1,000,001", "123,456", "1234")
    lines = printed([(name, "2026-11-26 06:30:12", *figures, "v01234-2")], width)
    assert any(all(figure in line for figure in figures) for line in lines)
    assert not any("…" in line for line in lines)
    said = "".join("".join(line[:10] for line in lines[1:]).split())
    assert "".join(name.split())[:9] in said


def test_lines_fit_into_80_columns_where_the_figures_do() -> None:
    rows = [("avis" * 30, "2026-11-26 06:30:12", "7,941", "7,900", "40", "1", "12", "v00012")]
    assert max(map(len, printed(rows))) <= 80


def test_the_receipts_of_a_bucket_show_whole_figures(tmp_path) -> None:
    store = Store.folder(tmp_path)
    now = dt.datetime.now(dt.UTC)
    name = "export-de-la-boutique-" * 8
    receipts.save(
        store,
        Receipt(upload=name, key=f"uploads/{name}.csv", put="p", put_at=now, finished=now,
                seconds=1, received=7_941_220, added=7_941_219, duplicate=1, dataset_version=3),
    )  # fmt: skip
    out = io.StringIO()
    _terminal.print_table(_uploads.table_of(receipts.all(store)), Console(file=out, width=80))
    assert "7,941,220" in out.getvalue()
    assert "7,941,219" in out.getvalue()
