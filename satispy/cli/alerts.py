"""`satispy alerts …`: what somebody has to hear of, and who is told."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from satispy.cli._me import me
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, point_in_time, print_table, table
from satispy.errors import SatispyError
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.settings import Settings

app = typer.Typer(help="What somebody has to hear of, and who is told.", no_args_is_help=True)

Why = Annotated[str, typer.Option(help="A word for the others, and for the journal.")]
Id = Annotated[str, typer.Argument(help="As `satispy alerts list` shows it, or its beginning.")]


@app.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
    resolved: Annotated[bool, typer.Option(help="Those that are over, too.")] = False,
) -> None:
    """The open alerts: cause, next step, and whom it has reached."""
    from satispy.alerts import book
    from satispy.alerts.words import words

    found = book.read(bucket())
    shown = [*(found.resolved if resolved else ()), *found.open]
    if as_json:
        for each in shown:
            typer.echo(each.model_copy(update={"tries": {}}).model_dump_json())
        return
    if not shown:
        console.print("[green]✓[/] " + _("nothing is open"))
        return
    now = datetime.now(UTC)
    words_in = (_("what"), _("state"))
    made = table("id", _("since"), *words_in, words=words_in, tags=("id",))
    for each in shown:
        said = words(each)
        state = [
            _("resolved %(at)s", at=moment(each.resolved)) if each.resolved else "",
            _("seen by %(who)s", who=each.acknowledged_by)
            + (_(": %(word)s", word=each.word) if each.word else "")
            if each.acknowledged_by
            else "",
            _("silent until %(end)s", end=moment(each.silent_until))
            if each.silent_until and each.is_silent(now)
            else "",
            _("told %(channels)s", channels=", ".join(each.told)) if each.told else "",
            *(f"{name}: {one.problem}" for name, one in each.tries.items() if one.problem),
        ]
        what = Text.assemble((said.title, "bold"), f" ({each.code})\n{said.cause}\n→ {said.step}")
        made.add_row(each.id, moment(each.since), what, Text("\n".join(filter(None, state))))
    print_table(made)


@app.command()
def ack(id: Id, why: Why = "") -> None:
    """Say that somebody has seen it and takes care of it."""
    from satispy.alerts import acts

    by = me()
    alert = acts.acknowledge(bucket(), id, by, datetime.now(UTC), why)
    said = _("%(id)s is seen by %(who)s", id=alert.id, who=by.who)
    console.print(f"[green]✓[/] {said}", highlight=False)


@app.command()
def silence(
    id: Id,
    until: Annotated[
        str, typer.Option(help="2026-11-20: the end of that day; or with a time; or `now`.")
    ] = "",
    why: Why = "",
) -> None:
    """Nobody is told of it until then; whoever has been told already, is not told again anyway."""
    from satispy.alerts import acts

    if not until:
        raise SatispyError("until when? --until 2026-11-20")
    end = None if until == "now" else point_in_time(until, end_of_day=True)
    if end and end <= datetime.now(UTC):
        raise SatispyError("%(until)s is over already", until=until)
    alert = acts.silence(bucket(), id, end, me(), why)
    if end:
        said = _("%(id)s is silent until %(end)s", id=alert.id, end=moment(end))
    else:
        said = _("%(id)s is silent no longer", id=alert.id)
    console.print(f"[green]✓[/] {said}", highlight=False)


@app.command()
def test() -> None:
    """Send a test alert by each channel, and say which took it; exits with 1 if one did not."""
    from satispy.alerts.channels import channels
    from satispy.alerts.facts import Alert, Code
    from satispy.alerts.posting import NotTold

    now = datetime.now(UTC)
    alert = Alert(code=Code.TEST, subject=me().who, since=now, raised=now, seen=now)
    found = channels(Settings())
    if not found:
        raise SatispyError("no channel is set: docs/alerts.md shows how")
    failed = 0
    for channel in found:
        try:
            channel.tell(alert, now)
        except NotTold as error:
            failed += 1
            console.print(
                Text.assemble(("✗ ", "red"), f"{channel.name}: {told(error)}"), soft_wrap=True
            )
        else:
            console.print(f"[green]✓[/] {channel.name}", highlight=False)
    if failed:
        raise SatispyError(
            "%(failed)s of %(found)s channels did not take it", failed=failed, found=len(found)
        )
