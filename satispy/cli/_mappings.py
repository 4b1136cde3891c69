"""Remembered mappings of columns from a terminal: which there are, and forgetting one."""

from typing import Annotated

import typer
from rich.text import Text

from satispy.cli._stores import bucket
from satispy.cli._terminal import console, print_table, table
from satispy.locales.messages import _


def show_mappings() -> None:
    """The mappings that are remembered, each for every file of its header."""
    from satispy.reviews import remembered

    words = (_("columns"), _("header"), _("said by"))
    made = table("id", *words, words=words)
    made.columns[0].justify = "left"
    for each in remembered.all(bucket()):
        columns = ", ".join(f"{field} = {column}" for field, column in each.columns.items())
        made.add_row(each.id, Text(columns), Text(", ".join(each.header)), Text(each.upload))
    print_table(made)


def forget(
    id: Annotated[str, typer.Argument(help="As `satispy reviews mappings` shows it.")],
) -> None:
    """Forget a mapping: the next file of its header says its columns itself, or is refused."""
    from satispy import journal
    from satispy.cli._me import me
    from satispy.journal import Fact, What
    from satispy.reviews import remembered

    store = bucket()
    with journal.acting(store, Fact(by=me(), what=What.MAPPING_FORGOTTEN, on=id)):
        gone = remembered.forget(store, id)
    said = _(
        "Forgotten. Files of %(header)s are to say their columns.", header=", ".join(gone.header)
    )
    console.print(Text(said))
    console.print(_("What was merged by it stays: satispy reviews log, and restore VERSION."))
