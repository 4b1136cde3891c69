"""`satispy demo`: the whole walk, shown in a terminal."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from infra.stack import Stack
from satispy.client import Client
from satispy.demo.generate import write_walk
from satispy.demo.memory import PeakMemory
from satispy.demo.walk import STAGES, Update, walk
from satispy.errors import NotFound
from satispy.reports.schema import REQUIREMENT, Metrics
from satispy.settings import Settings

TEXTS = (
    "Livraison rapide, la robe est magnifique !",
    "Toujours pas remboursée après trois semaines, service client injoignable",
    "Pas déçue du tout, je recommande",
    "r.a.s",
    "xyzzy",
)


def demo(
    data: Annotated[
        Path | None, typer.Option(help="Folder of real CSVs, uploaded in the order of their names")
    ] = None,
    noise: Annotated[float, typer.Option(help="Of the generated reviews; 3 makes alerts fire")] = 1,
) -> None:
    """Three uploads, three retrains, predictions, charts: the main job, from nothing."""
    console = Console()
    settings = Settings()
    figures_file = settings.home / "demo.json"
    # The demo starts from nothing each time, and never touches the data of `satispy up`.
    settings = settings.model_copy(update={"home": settings.home / "demo"})
    stack = Stack(settings)
    stack.down()
    shutil.rmtree(settings.home, ignore_errors=True)
    files = csv_files(data) if data else write_walk(settings.home / "reviews", noise=noise)
    # `kill` ends the demo like Ctrl-C does: nothing is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begin = time.monotonic()
    try:
        with PeakMemory(stack.pids) as memory:
            with console.status("Starting …") as status:
                stack.up(status.update)
            console.print(f"Stack up in {time.monotonic() - begin:.0f} s, without Docker.")
            updates = follow(console, stack, files)
            console.print(summary(updates))
            console.print(predictions(settings))
        seconds = time.monotonic() - begin
        figures = {
            "updates": [update.figures() for update in updates],
            "peak_memory_mb": round(memory.peak_mb),
            "seconds": round(seconds, 1),
        }
        figures_file.write_text(json.dumps(figures, indent=2) + "\n")
        console.print(
            f"{len(updates)} updates in {seconds:.0f} s, peak memory of the whole stack"
            f" {memory.peak_mb / 1000:.1f} GB. Figures: {figures_file}\n"
        )
        console.print(addresses(settings))
        if console.is_terminal and sys.stdin.isatty():
            console.print("It stays up until [bold]Ctrl-C[/].")
            wait_for_ctrl_c()
    except KeyboardInterrupt:
        pass
    finally:
        with console.status("Stopping …"):
            stack.down()


def csv_files(folder: Path) -> list[Path]:
    """The review CSVs of a folder, by name. A file that is no review CSV has no comment column."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            if "commentaire" in file.readline().lower():
                found.append(path)
    if not found:
        raise NotFound(f"{folder} holds no CSV with a column Commentaire")
    return found


def follow(console: Console, stack: Stack, files: list[Path]) -> list[Update]:
    """Walk through the files, showing each stage: live in a terminal, line by line elsewhere."""
    if not console.is_terminal:
        return walk(stack.store(), files, Lines(console))
    shown: dict[str, Update] = {}
    with Live(console=console, refresh_per_second=8) as live:

        def show(update: Update) -> None:
            shown[update.upload] = update
            live.update(Group(*(stage_line(each) for each in shown.values())))

        return walk(stack.store(), files, show)


class Lines:
    """Prints a line whenever an update enters a new state or ends a stage."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: set[tuple[str, str]] = set()

    def __call__(self, update: Update) -> None:
        self._once(update, update.state, f"{update.state} …" if not update.report else "done")
        for stage, progress in update.stages.items():
            if progress.state == "done":
                self._once(update, stage, f"{stage} {progress.seconds:.1f} s")

    def _once(self, update: Update, what: str, text: str) -> None:
        if (update.upload, what) not in self._printed:
            self._printed.add((update.upload, what))
            self._console.print(f"{update.upload}: {text}", highlight=False)


def stage_line(update: Update) -> RenderableType:
    """One update as a line: every stage with its seconds, the one at work in bold."""
    line = Text(f"{update.upload:26} ", style="bold")
    line.append(f"{update.rows:>6,} rows  ".replace(",", " ") if update.rows else " " * 13)
    for stage in STAGES:
        progress = update.stages.get(stage)
        if progress is None:
            line.append(f"{stage}  ", style="dim")
        elif progress.state == "done":
            line.append(f"{stage} {progress.seconds:.0f} s  ", style="green")
        else:
            line.append(f"{stage} …  ", style="bold yellow")
    line.append(f"{update.seconds:4.0f} s", style="bold")
    return Text("✓ ", style="green") + line if update.report else Spinner("dots", line)


def summary(updates: list[Update]) -> Table:
    """Update × model × metrics, as published and on unseen texts."""
    table = Table(
        title="\nEvery model after every update", title_style="bold", title_justify="left"
    )
    for name in (
        "update",
        "rows",
        "model",
        "accuracy",
        "f1_0",
        "f1_1",
        "unseen acc.",
        "fit",
        "> 80 %",
    ):
        table.add_column(name, justify="left" if name in ("update", "model") else "right")
    for number, update in enumerate(updates, start=1):
        if update.report is None:
            continue
        for index, (family, model) in enumerate(update.report.models.items()):
            table.add_row(
                f"{number}  {update.upload}" if index == 0 else "",
                f"{update.report.rows:,}".replace(",", " ") if index == 0 else "",
                family.upper(),
                *(score(model.origin, name) for name in ("accuracy", "f1_0", "f1_1")),
                f"{model.unseen.accuracy:.3f}",
                f"{model.seconds:.1f} s",
                "[green]met" if model.requirement_met else "[red]missed",
            )
        table.add_section()
    return table


def score(metrics: Metrics, name: str) -> str:
    value: float = getattr(metrics, name)
    return f"{value:.3f}" if value > REQUIREMENT else f"[red]{value:.3f}"


def predictions(settings: Settings) -> Table:
    """A few texts, asked of the running service."""
    table = Table(title="\nA few predictions", title_style="bold", title_justify="left")
    table.add_column("text", max_width=60)
    with Client(settings.service_url) as client:
        answers = client.predict(TEXTS, model="all")
    families = list(answers[0].by_model or {})
    for family in families:
        table.add_column(family.upper(), justify="right")
    colours = {"positive": "green", "negative": "red", "unknown": "dim"}
    for text, answer in zip(TEXTS, answers, strict=True):
        cells = [(answer.by_model or {})[family] for family in families]
        table.add_row(text, *(f"[{colours[c.label]}]{c.label} {c.probability:.0%}" for c in cells))
    return table


def addresses(settings: Settings) -> Table:
    s3 = f"http://{settings.host}:{settings.localstack_port}"
    table = Table.grid(padding=(0, 2))
    table.add_row("charts", f"http://{settings.host}:{settings.app_port}")
    table.add_row("predictions", f"{settings.service_url}  (POST /predict)")
    table.add_row(
        "new reviews", f"aws --endpoint-url {s3} s3 cp some.csv s3://{settings.bucket}/uploads/"
    )
    table.add_row("commands", f"export SATISPY_HOME={settings.home}, then satispy status, logs, …")
    return table


def wait_for_ctrl_c() -> None:
    while True:
        signal.pause()


commands = {"demo": demo}
