"""`satispy demo`: the whole walk, shown in a terminal."""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from satispy.cli import _place as place
from satispy.cli.stack import way_in
from satispy.locales.formats import decimal
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.settings import Settings

if TYPE_CHECKING:
    from infra.stack import Stack


@place.without_stack
def demo(
    data: Annotated[
        Path | None, typer.Option(help="Folder of real CSVs, uploaded in the order of their names")
    ] = None,
    noise: Annotated[float, typer.Option(help="Of the generated reviews; 3 makes alerts fire")] = 1,
) -> None:
    """Three uploads, three retrains, predictions, charts: the main job, from nothing."""
    from infra.stack import Stack
    from satispy.client import Client
    from satispy.demo import screen
    from satispy.demo.generate import DEMO_SCALE, write_walk
    from satispy.demo.memory import PeakMemory

    console = Console()
    settings = Settings()
    demand_environment(console, settings)
    figures_file = settings.home / "demo.json"
    # The demo starts from nothing each time, and never touches the data of `satispy up`.
    settings = settings.model_copy(update={"home": settings.home / "demo"})
    stack = Stack(settings)
    stack.down()
    shutil.rmtree(settings.home, ignore_errors=True)
    files = (
        screen.csv_files(data)
        if data
        else write_walk(settings.home / "reviews", noise=noise, scale=DEMO_SCALE)
    )
    end_with_the_terminal()
    begin = time.monotonic()
    try:
        with PeakMemory(stack.pids) as memory:
            with console.status(_("Starting …")) as status:
                stack.up(lambda what: status.update(told(what)))
            took = decimal(time.monotonic() - begin, 0)
            console.print(_("Stack up in %(seconds)s s, without Docker.", seconds=took))
            updates = screen.follow(console, stack.store(), files)
            console.print(screen.summary(updates))
            with Client(stack.service.url) as client:
                screen.wait_until_served(client, updates[-1])
                console.print(screen.predictions(client))
        seconds = time.monotonic() - begin
        figures = {
            "updates": [update.figures() for update in updates],
            "peak_memory_mb": round(memory.peak_mb),
            "at_peak_mb": {name: round(size) for name, size in memory.at_peak.items()},
            "seconds": round(seconds, 1),
        }
        figures_file.write_text(json.dumps(figures, indent=2) + "\n")
        console.print(
            _(
                "%(updates)s updates in %(seconds)s s, peak memory of the whole stack %(gb)s GB."
                " Figures: %(file)s",
                updates=len(updates),
                seconds=decimal(seconds, 0),
                gb=decimal(memory.peak_mb / 1000, 1),
                file=figures_file,
            )
            + "\n",
            soft_wrap=True,
        )
        app = stack.app.url
        if console.is_terminal:  # into no file
            app = way_in(stack.home, app)
        console.print(addresses(stack, app), soft_wrap=True)
        if console.is_terminal and sys.stdin.isatty():
            console.print(_("It stays up until [bold]Ctrl-C[/]."))
            wait_for_ctrl_c()
    except KeyboardInterrupt:
        pass
    finally:
        with console.status(_("Stopping …")):
            stack.down()


def demand_environment(console: Console, settings: Settings) -> None:
    """Say what is missing before anything long starts; nothing if nothing is."""
    from infra import doctor, examine
    from satispy.cli.doctor import in_words
    from satispy.errors import StackError

    missing = doctor.findings(examine.environment(settings.home), doctor.ENVIRONMENT)
    for finding in missing:
        console.print(in_words(finding), soft_wrap=True)
    if any(finding.grave for finding in missing):
        raise StackError("This machine is not ready for the demo; satispy doctor says more.")


def addresses(stack: "Stack", app: str) -> str:
    shell = f"source .venv/bin/activate; export SATISPY_HOME={stack.home}"
    lines = {
        _("charts"): app,
        _("predictions"): f"{stack.service.url}  (POST /predict)",
        _("in a shell"): shell,
        _("new reviews"): "satispy upload some.csv",
        _("also"): "satispy status, satispy logs, satispy models list, …",
    }
    width = max(map(len, lines)) + 2
    return "\n".join(f"[bold]{name:<{width}}[/]{what}" for name, what in lines.items())


def end_with_the_terminal() -> None:
    """`kill`, or closing the terminal, ends the demo like Ctrl-C does: nothing is left behind."""

    def hang_up(*_: object) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # a word to the terminal that is gone would stop the stopping
        os.dup2(nowhere, 2)
        sys.exit(128 + signal.SIGHUP)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, hang_up)


def wait_for_ctrl_c() -> None:
    while True:
        signal.pause()


commands = {"demo": demo}
