"""`satispy up | down | status | env | logs`: the local stack."""

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from satispy import one_time
from satispy.cli import _place as place
from satispy.errors import NoPlace, NotFound, SatispyError
from satispy.locales import formats
from satispy.locales.formats import decimal
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.locales.telling import told
from satispy.sentence import Sentence
from satispy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.stack import PartStatus, Stack
    from satispy.keys import LeftOut

console = Console()
_TITLES = Names(
    {
        "localstack": N_("LocalStack"),
        "service": N_("Prediction service"),
        "app": N_("App"),
    }
)


@place.without_stack
def up() -> None:
    """Start the local stack: LocalStack, the prediction service, the app. Harmless if it is up."""
    from infra.stack import Stack

    stack = Stack(Settings())
    begin = time.monotonic()
    with console.status(_("Looking for what runs already")) as status:
        resumed = stack.up(lambda what: status.update(f"{told(what)} …"))
    took = decimal(time.monotonic() - begin, 1)
    console.print("[green]✓[/] " + _("up after %(seconds)s s", seconds=took) + "\n")
    if resumed.was_open:
        console.print(
            _("other users could read %(home)s: it is closed to them now", home=stack.home)
        )
    if resumed.uploads:
        said = ngettext(
            "%(num)s upload without a receipt is being merged again",
            "%(num)s uploads without a receipt are being merged again",
            resumed.uploads,
        )
        console.print(said)
    if resumed.run:
        said = _("the retrain %(run)s had no report, and was started again", run=resumed.run)
        console.print(said)
    show(stack)
    if resumed.admin:
        name, password = resumed.admin
        console.print(
            "\n"
            + _("The first account: ")
            + f"[bold]{name}[/] / [bold]{password}[/]   "
            + _("(shown only now; another: satispy accounts add)"),
            highlight=False,
        )
    if console.is_terminal:  # into no file
        console.print("\n" + _("The app: ") + way_in(stack.home, stack.app.url), soft_wrap=True)
    bucket = stack.settings.bucket
    console.print(
        "\n"
        + _("CSVs go to [bold]s3://%(bucket)s/uploads/[/]: satispy upload FILE.csv", bucket=bucket)
    )


def open_(
    name: Annotated[
        str, typer.Option("--as", help="Whom it signs in; empty: the administrator.")
    ] = "",
) -> None:
    """Print a link that opens the app and signs you in, once and without a password.

    Where no account administers yet, the link leads to the form that makes the first one.
    """
    from infra.stack import Stack

    if place.in_the_cloud():
        raise SatispyError("in AWS people sign in by password: satispy --cloud accounts add NAME")
    stack = Stack(Settings())
    console.print(way_in(stack.home, stack.app.url, name), soft_wrap=True)


def way_in(home: Path, app: str, name: str = "") -> str:
    minutes = round(one_time.LASTS_SECONDS / 60)
    link = one_time.link(app, one_time.make(home, name))
    once = _(
        "(signs you in once, within %(minutes)s minutes; again: satispy open)", minutes=minutes
    )
    return f"[bold]{link}[/]\n{once}"


@place.without_stack
def down() -> None:
    """Stop the local stack. Reviews, models and reports stay in .satispy/."""
    from infra.stack import Stack

    stack = Stack(Settings())
    with console.status(_("Stopping")):
        count = stack.down()
    ended = ngettext("%(num)s process ended", "%(num)s processes ended", count)
    console.print(f"[green]✓[/] {ended}" if count else _("Nothing was running"))


@place.without_stack
def status() -> None:
    """Show what runs, where, and what memory it takes. Exits with 1 unless everything answers."""
    from infra.stack import Stack

    stack = Stack(Settings())
    if not show(stack):
        raise typer.Exit(1)


@place.without_stack
def env() -> None:
    """Print what `aws` and boto3 need to reach the local stack: eval "$(satispy env)"."""
    from infra import environment

    found = environment.read(Settings().home)
    if not found:
        raise NoPlace("no stack is up: satispy up")
    print("unset " + " ".join(environment.FOREIGN))  # noqa: T201  # for a shell, as it is
    for name, value in found.items():
        if name.startswith("AWS_"):
            print(f"export {name}={shlex.quote(value)}")  # noqa: T201  # for a shell, as it is


@place.without_stack
def logs(
    name: Annotated[
        str | None, typer.Argument(help="localstack, service, app or functions; all without a name")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Keep printing")] = False,
    lines: Annotated[int, typer.Option("-n", help="How many of the last lines")] = 50,
) -> None:
    """Print the last lines of the logs; with --cloud those of the functions in AWS."""
    settings = Settings()
    if place.in_the_cloud():
        return function_logs(follow, lines)
    folder = settings.home / "logs"
    found = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if name is not None and name not in found:
        raise NotFound(
            "There is no log of %(name)s. There are: %(found)s",
            name=name,
            found=", ".join(found) or Sentence("none yet"),
        )
    chosen = {name: found[name]} if name else found
    read = {each: _print_tail(each, path, lines, len(chosen) > 1) for each, path in chosen.items()}
    while follow:
        time.sleep(0.3)
        for each, path in chosen.items():
            if path.stat().st_size < read[each]:  # the stack was started again
                read[each] = 0
            with path.open("rb") as file:
                file.seek(read[each])
                new = file.read()
            read[each] += len(new)
            _print_lines(each, new.decode(errors="replace").splitlines(), len(chosen) > 1)


def function_logs(follow: bool, lines: int) -> None:
    """What the functions printed, from CloudWatch Logs, oldest first."""
    from satispy.cli._cloudwatch import newest_events

    seen: set[str] = set()
    while True:
        for event in newest_events(Settings(), lines):
            if event.id not in seen:
                seen.add(event.id)
                _print_lines(event.function, event.message.splitlines(), True)
        if not follow:
            return
        time.sleep(1)


def _print_tail(name: str, path: Path, lines: int, titled: bool) -> int:
    data = path.read_bytes()
    _print_lines(name, data.decode(errors="replace").splitlines()[-lines:], titled)
    return len(data)


def _print_lines(name: str, lines: list[str], titled: bool) -> None:
    for line in lines:
        prefix = f"[cyan]{name:<11}[/] " if titled else ""
        console.print(prefix, end="", highlight=False)
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def show(stack: "Stack") -> bool:
    """Print the table of parts; answers whether each of them answers."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", _("part"), _("address")):
        table.add_column(column, overflow="fold")
    for column in (_("process"), _("memory")):
        table.add_column(column, justify="right", overflow="fold")
    parts = stack.status()
    for each in parts:
        mark = _state(each)
        table.add_row(
            mark,
            _TITLES.get(each.part.name, each.part.title),
            each.part.url if each.process else f"[dim]{each.part.url}[/]",
            str(each.process.pid) if each.process else "",
            _("%(size)s MB", size=formats.count(each.memory_mb)) if each.process else "",
        )
    console.print(table)
    strays = [pid for each in parts for pid in each.strays]
    if strays:
        console.print(
            "\n"
            + _(
                "The parents of %(pids)s were killed: satispy up ends them",
                pids=", ".join(map(str, strays)),
            ),
            style="yellow",
        )
    if api := stack.api_url():
        # Below the table: a column as wide as this would be folded, and nobody could copy it.
        console.print("\n" + _("REST API") + f"  {api}", soft_wrap=True)
    if named := _left_out(stack.left_out()):
        console.print(f"\n{named}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    return all(each.answers for each in parts)


def _state(each: "PartStatus") -> str:
    left_over = ngettext(", %(num)s left over", ", %(num)s left over", len(each.strays))
    left = f"[yellow]{left_over}[/]" if each.strays else ""
    if each.answers:
        return f"[green]●[/]{left}"
    if each.process is None:
        return f"[dim]○[/]{left}"
    said = _("does not answer") if each.process.ready else _("is starting")
    return f"[yellow]● {said}[/]{left}"


def _left_out(found: "Iterable[LeftOut]", most: int = 20) -> str:
    """`2 objects are left out: …`, one a line; empty if there are none."""
    found = list(found)
    if not found:
        return ""
    title = ngettext("%(num)s object is left out:", "%(num)s objects are left out:", len(found))
    lines = [title, *(f"  {told(each)}" for each in found[:most])]
    if found[most:]:
        lines.append(_("  … and %(more)s more", more=formats.count(len(found) - most)))
    return "\n".join(lines)


commands = {"up": up, "open": open_, "down": down, "status": status, "env": env, "logs": logs}
