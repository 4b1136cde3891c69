"""`satispy upload --explain`: what would become of a file, shown before anything is sent."""

import shlex
from pathlib import Path

from rich.text import Text

from satispy.cli._terminal import console, print_table, table
from satispy.locales.formats import count, percent
from satispy.locales.messages import _, ngettext
from satispy.locales.reader import reader
from satispy.locales.telling import told
from satispy.reviews.explaining import Explained, explain
from satispy.reviews.proposal import Proposal
from satispy.reviews.reasons import in_language
from satispy.reviews.receipts import Reason
from satispy.reviews.said import Said

_LONGEST = 60


def show(file: Path, said: Said, timezone: str) -> bool:
    """Print it; returns whether the file would be merged."""
    found = explain(file, said, timezone)
    console.print(Text.assemble((file.name, "bold"), _(": nothing is sent")))
    if found.refused:
        why = _("✗ It would be refused: %(why)s", why=told(found.refused))
        console.print(Text(why, "red"), soft_wrap=True)
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
        known = _("  Recognised as %(export)s", export=layout.recognised)
        console.print(Text(known, "bold green"))
    sure = "" if layout.sure == 1 else _(" (%(share)s sure)", share=percent(layout.sure, 0))
    separator = _("tab") if layout.separator == "\t" else layout.separator
    encoding = _("  Encoding: %(encoding)s", encoding=layout.encoding)
    console.print(Text(encoding + sure + _("; separated by %(sign)s", sign=separator)))
    for name in layout.columns:
        column = _("  %(field)s is read from %(column)r", field=name, column=layout.name_of(name))
        console.print(Text(column))
    for note in found.notes:
        said = _("  Note: %(note)s", note=told(note))
        console.print(Text(said, "yellow"), soft_wrap=True)


def _show_rows(found: Explained) -> None:
    console.print()
    made = table(
        *(_("line"), _("star"), _("date"), _("comment")), words=(_("comment"),), tags=(_("date"),)
    )
    for line, review in found.first:
        comment = " ".join(review.comment.split())
        shown = comment if len(comment) <= _LONGEST else comment[:_LONGEST] + "…"
        made.add_row(str(line), str(review.star), review.date or "", Text(shown))
    print_table(made)
    total = found.reviews + found.rejected
    console.print(
        "\n  "
        + ngettext("%(num)s row: ", "%(num)s rows: ", total)
        + ngettext("%(num)s review", "%(num)s reviews", found.reviews)
        + _(", those that are known already among them; ")
        + ngettext("%(num)s rejected", "%(num)s rejected", found.rejected)
    )


def show_reason(reason: Reason) -> None:
    """Why rows were rejected, with an example and what would do."""
    lines = ", ".join(map(str, reason.lines)) + ("…" if reason.count > len(reason.lines) else "")
    words = in_language(reason.code, reason.message, reader().language)
    where = _(" (line %(lines)s)", lines=lines)
    console.print(Text(f"    {count(reason.count):>6} × {words}{where}", "red"))
    if reason.example:
        example = _("for instance: %(cell)s", cell=reason.example)
        console.print(Text(f"             {example}", "dim"))
    if reason.accepted:
        accepted = _("accepted: %(forms)s", forms=reason.accepted)
        console.print(Text(f"             {accepted}", "dim"))


def _show_columns(proposal: Proposal) -> None:
    console.print()
    made = table(
        *(_("column"), _("likely"), _("first cells")),
        words=(_("column"), _("first cells")),
        tags=(_("likely"),),
    )
    likely = {name: field for field, name in proposal.columns.items()}
    for name, cells in proposal.samples.items():
        made.add_row(Text(name), likely.get(name, ""), Text(" | ".join(cells)))
    print_table(made)


def _show_command(file: Path, proposal: Proposal) -> None:
    found = [proposal.as_options()] if proposal.columns else []
    # Without these the file would be refused again.
    wanted = [f"--column {name}=…" for name in ("comment", "star") if name not in proposal.columns]
    command = " ".join(["satispy upload", *found, *wanted, shlex.quote(str(file))])
    console.print("\n" + _("Say which column is what; it is remembered for this header:"))
    console.print(Text(f"  {command}", "cyan"), soft_wrap=True)
