import io

from rich.console import Console

from satispy.demo.screen import summary
from satispy.demo.walk import Update
from tests.unit.demo.test_walk import report


def printed(*updates: Update) -> str:
    out = io.StringIO()
    Console(file=out, width=80).print(summary(updates))
    return out.getvalue()


def test_the_table_says_which_updates_were_promoted() -> None:
    kept = report("v00002")
    kept.models["gbc"] = kept.models["gbc"].model_copy(update={"promoted": False})
    text = printed(
        Update("a.csv", report=report("v00001")), Update("b.csv", report=kept), Update("c.csv")
    )
    assert "update 1 promoted GBC" in text
    assert "update 2 promoted none" in text
    assert "update 3" not in text


def test_a_fit_of_minutes_cuts_nothing_at_80_columns() -> None:
    slow = report("v00001")
    slow.models["gbc"] = slow.models["gbc"].model_copy(update={"seconds": 1234.5})
    assert "…" not in printed(Update("a.csv", report=slow))
