"""`satispy audit …`: who did what and when, and whether the journal is what was entered."""

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, point_in_time
from satispy.errors import BrokenArtefact, SatispyError
from satispy.locales.messages import N_, Names, _, ngettext, translated
from satispy.locales.telling import told

if TYPE_CHECKING:
    from satispy.journal import Anchor, Entry
    from satispy.storage import Store

app = typer.Typer(help="Who did what and when: the journal.", no_args_is_help=True)

_TROUBLES = Names(
    {
        "edited": N_("edited"),
        "deleted": N_("deleted"),
        "moved": N_("moved"),
        "truncated": N_("truncated"),
    }
)
_ANCHOR = re.compile(r"(\d{1,9}):([0-9a-f]{64})")


@app.command()
def show(
    since: Annotated[str, typer.Option(help="2026-11-20, or 12h, 7d, 4w ago.")] = "",
    who: Annotated[str, typer.Option(help="An account, or the user of a machine.")] = "",
    what: Annotated[str, typer.Option(help="model.promoted, or model for all of models.")] = "",
    last: Annotated[int, typer.Option(help="How many of the newest.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each entry.")] = False,
) -> None:
    """The newest entries, the newest last. With --who or --what those of 30 days are looked at
    unless --since says more."""
    found = _entries(bucket(), since, who, what, last)
    if as_json:
        for entry in found:
            typer.echo(entry.model_dump_json())
        return
    if not found:
        console.print(_("Nothing was entered."))
        return
    widest = len(str(found[-1].number))
    for each in found:
        console.print(
            f"[bold]{each.number:>{widest}}[/]  {moment(each.at)}  {each.what}",
            Text(each.on),
            soft_wrap=True,
            highlight=False,
        )
        console.print(Padding(Text(_who_and_why(each)), (0, 0, 0, widest + 2)))


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="NUMBER:HASH of an entry, as this command printed it before.")
    ] = "",
) -> None:
    """Read every entry, and name the first that was edited, deleted or moved; exits with 1 if one
    was. Keep the head that is printed elsewhere: with --head newest entries that were cut off are
    found too, and a journal that was written anew."""
    from satispy.journal.verify import verify as verified
    from satispy.registry import pointer

    store = bucket()
    anchors = [_anchor(head)] if head else []
    try:
        anchors += filter(None, [pointer.read(store).recorded])
    except BrokenArtefact as error:
        console.print(f"[yellow]{told(error)}[/]", soft_wrap=True)
    verdict = verified(store, anchors)
    if verdict.first_bad:
        raise SatispyError(
            "%(first_bad)s (%(trouble)s). Of what it was the bucket may keep an "
            "earlier version; who could write there is in the access logs",
            first_bad=verdict.first_bad,
            trouble=_TROUBLES[verdict.first_bad.trouble],
        )
    entries = ngettext(
        "%(num)s entry is as entered", "%(num)s entries are as entered", verdict.entries
    )
    console.print(f"[green]✓[/] {entries}", highlight=False)
    console.print(_("head %(head)s", head=verdict.head), soft_wrap=True, highlight=False)


def _entries(store: "Store", since: str, who: str, what: str, last: int) -> "list[Entry]":
    """Oldest first."""
    from itertools import islice

    from satispy import journal

    if not (since or who or what):
        return journal.last(store, last)[::-1]
    begin = point_in_time(since or "30d")
    wanted = (
        entry
        for entry in journal.between(store, begin)
        if who in ("", entry.by.who) and (not what or f"{entry.what}.".startswith(f"{what}."))
    )
    return list(islice(wanted, last))[::-1]


def _anchor(given: str) -> "Anchor":
    from satispy.journal import Anchor

    if not (found := _ANCHOR.fullmatch(given)):
        raise SatispyError("--head takes what `satispy audit verify` printed: NUMBER:HASH")
    return Anchor(number=int(found[1]), hash=found[2])


def _who_and_why(entry: "Entry") -> str:
    changed = [
        f"{name} {_short(entry.before.get(name))} → {_short(value)}"
        if entry.before.get(name) is not None
        else f"{name} {_short(value)}"
        for name, value in entry.after.items()
        if not isinstance(value, dict)
    ]
    said = "; ".join(filter(None, [translated(entry.why), ", ".join(changed)]))
    return f"{entry.by.who} ({entry.by.via})" + (_(": %(word)s", word=said) if said else "")


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
