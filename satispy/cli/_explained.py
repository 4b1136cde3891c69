"""`satispy upload --explain`: what would become of a file, shown before anything is sent."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from satispy.cli._terminal import console, print_table, table
from satispy.reviews.explaining import Explained, explain
from satispy.reviews.proposal import Proposal
from satispy.reviews.receipts import Reason
from satispy.reviews.said import Said

_LONGEST = 60


def show(file: Path, said: Said, timezone: str) -> bool:
    """Print it; returns whether the file would be merged."""
    found = explain(file, said, timezone)
    console.print(Text.assemble((file.name, "bold"), ": nothing is sent"))
    if found.refused:
        console.print(Text(f"✗ It would be refused: {found.refused}", "red"), soft_wrap=True)
        if found.proposal:
            _show_columns(found.proposal)
            _show_command(file, found.proposal)
        return False
    _show_reading(found)
    _show_rows(found)
    for reason in found.reasons:
        show_reason(reason)
    return found.reviews > 0


def _show_reading(found: Explained) -> None:
    layout = found.layout
    if layout is None:
        return
    if layout.recognised:
        console.print(Text(f"  Recognised as {layout.recognised}", "bold green"))
    sure = "" if layout.sure == 1 else f" ({layout.sure:.0%} sure)"
    separator = {"\t": "tab"}.get(layout.separator, layout.separator)
    console.print(Text(f"  Encoding: {layout.encoding}{sure}; separated by {separator}"))
    for name in layout.columns:
        console.print(Text(f"  {name} is read from {layout.name_of(name)!r}"))
    for note in found.notes:
        console.print(Text(f"  Note: {note.message}", "yellow"), soft_wrap=True)


def _show_rows(found: Explained) -> None:
    console.print()
    made = table("line", "star", "date", "comment", words=("comment",), tags=("date",))
    for line, review in found.first:
        comment = " ".join(review.comment.split())
        shown = comment if len(comment) <= _LONGEST else comment[:_LONGEST] + "…"
        made.add_row(str(line), str(review.star), review.date or "", Text(shown))
    print_table(made)
    total = found.reviews + found.rejected
    console.print(
        f"\n  {total:,} rows: {found.reviews:,} reviews, those that are known already among them;"
        f" {found.rejected:,} rejected"
    )


def show_reason(reason: Reason) -> None:
    """Why rows were rejected, with an example and what would do."""
    lines = ", ".join(map(str, reason.lines)) + ("…" if reason.count > len(reason.lines) else "")
    console.print(Text(f"    {reason.count:>6,} × {reason.message} (line {lines})", "red"))
    if reason.example:
        console.print(Text(f"             for instance: {reason.example}", "dim"))
    if reason.accepted:
        console.print(Text(f"             accepted: {reason.accepted}", "dim"))


def _show_columns(proposal: Proposal) -> None:
    console.print()
    made = table(
        "column", "likely", "first cells", words=("column", "first cells"), tags=("likely",)
    )
    likely = {name: field for field, name in proposal.columns.items()}
    for name, cells in proposal.samples.items():
        made.add_row(Text(name), likely.get(name, ""), Text(" | ".join(cells)))
    print_table(made)


def _show_command(file: Path, proposal: Proposal) -> None:
    options: Sequence[str] = (
        [proposal.as_options()] if proposal.columns else ["--column comment=… --column star=…"]
    )
    command = " ".join(["satispy upload", *options, shlex.quote(str(file))])
    console.print("\nSay which column is what; it is remembered for this header:")
    console.print(Text(f"  {command}", "cyan"), soft_wrap=True)
