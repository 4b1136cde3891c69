"""`satispy alerts …`: what somebody has to hear of, and who is told."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from satispy.cli._me import me
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, point_in_time, print_table, table
from satispy.errors import SatispyError
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
        console.print("[green]✓[/] nothing is open")
        return
    now = datetime.now(UTC)
    made = table("id", "since", "what", "state", words=("what", "state"), tags=("id",))
    for each in shown:
        said = words(each)
        state = [
            f"resolved {moment(each.resolved)}" if each.resolved else "",
            f"seen by {each.acknowledged_by}{': ' + each.word if each.word else ''}"
            if each.acknowledged_by
            else "",
            f"silent until {moment(each.silent_until)}"
            if each.silent_until and each.is_silent(now)
            else "",
            f"told {', '.join(each.told)}" if each.told else "",
            *(f"{name}: {one.problem}" for name, one in each.tries.items() if one.problem),
        ]
        what = Text(f"{each.code}: {said.cause}\n→ {said.next_step}")
        made.add_row(each.id, moment(each.since), what, Text("\n".join(filter(None, state))))
    print_table(made)


@app.command()
def ack(id: Id, why: Why = "") -> None:
    """Say that somebody has seen it and takes care of it."""
    from satispy.alerts import acts

    by = me()
    alert = acts.acknowledge(bucket(), id, by, datetime.now(UTC), why)
    console.print(f"[green]✓[/] {alert.id} is seen by {by.who}", highlight=False)


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
        raise SatispyError(f"{until} is over already")
    alert = acts.silence(bucket(), id, end, me(), why)
    state = f"silent until {moment(end)}" if end else "silent no longer"
    console.print(f"[green]✓[/] {alert.id} is {state}", highlight=False)


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
            console.print(Text.assemble(("✗ ", "red"), f"{channel.name}: {error}"), soft_wrap=True)
        else:
            console.print(f"[green]✓[/] {channel.name}", highlight=False)
    if failed:
        raise SatispyError(f"{failed} of {len(found)} channels did not take it")
