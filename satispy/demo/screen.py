"""What `make demo` shows: stages as they go, the table of updates, a few predictions."""

import time
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from satispy.client import Client
from satispy.client.types import Vote
from satispy.demo.walk import Update, walk
from satispy.errors import NotFound, SatispyError
from satispy.models.family import STAGES
from satispy.reports.schema import REQUIREMENT, Metrics, Report
from satispy.storage import Store

TEXTS = (
    "Livraison rapide, la robe est magnifique !",
    "Toujours pas de colis après un mois et personne ne répond : à éviter",
    "Pas déçue du tout, je recommande",
    "r.a.s",
    "xyzzy",
)


def csv_files(folder: Path) -> list[Path]:
    """The review CSVs of a folder, by name. A file that is no review CSV has no comment column."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            if "commentaire" in file.readline().lower():
                found.append(path)
    if not found:
        raise NotFound("%(folder)s holds no CSV with a column Commentaire", folder=folder)
    return found


def follow(console: Console, store: Store, files: list[Path]) -> list[Update]:
    """Walk through the files, showing each stage: live in a terminal, line by line elsewhere."""
    if not console.is_terminal:
        return walk(store, files, Lines(console))
    shown: dict[str, Update] = {}
    with Live(console=console, refresh_per_second=8) as live:

        def show(update: Update) -> None:
            shown[update.upload] = update
            live.update(Group(*(stage_line(each) for each in shown.values())))

        return walk(store, files, show)


class Lines:
    """Prints a line whenever an update enters a new state or ends a stage."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: set[tuple[str, str]] = set()

    def __call__(self, update: Update) -> None:
        for stage, progress in update.stages.items():
            if progress.state == "done":
                self._once(update, stage, f"{stage} {progress.seconds:.1f} s")
        done = f"report of run {update.run} after {update.seconds:.0f} s"
        self._once(update, update.state, done if update.report else f"{update.state} …")

    def _once(self, update: Update, what: str, text: str) -> None:
        if (update.upload, what) not in self._printed:
            self._printed.add((update.upload, what))
            self._console.print(f"{update.upload}: {text}", highlight=False)


def stage_line(update: Update) -> RenderableType:
    """One update as a line of 80: rows, each stage with its seconds, the one at work in bold."""
    line = Text(f"{update.upload:14.14} ", style="bold")
    line.append(f"{update.rows:>6,}  ".replace(",", " ") if update.rows else " " * 8)
    for stage in STAGES:
        progress = update.stages.get(stage)
        if progress is None:
            line.append(f"{stage}  ", style="dim")
        elif progress.state == "done":
            line.append(f"{stage} {progress.seconds:.0f}  ", style="green")
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
        "unseen",
        "fit",
        "> 80 %",
    ):
        table.add_column(name, justify="left" if name in ("update", "model") else "right")
    for number, update in enumerate(updates, start=1):
        if update.report is None:
            continue
        for index, (family, model) in enumerate(update.report.models.items()):
            table.add_row(
                str(number) if index == 0 else "",
                f"{update.report.rows:,}".replace(",", " ") if index == 0 else "",
                family.upper(),
                *(score(model.origin, name) for name in ("accuracy", "f1_0", "f1_1")),
                f"{model.unseen.accuracy:.3f}",
                f"{model.seconds:.0f} s",
                "[green]met" if model.requirement_met else "[red]missed",
            )
        table.add_section()
    table.caption = "\n".join(
        f"update {number} promoted {promoted(update.report)}"
        for number, update in enumerate(updates, start=1)
        if update.report
    )
    table.caption_justify = "left"
    return table


def promoted(report: Report) -> str:
    """The families whose new model serves from now on."""
    names = [family.upper() for family, model in report.models.items() if model.promoted]
    return ", ".join(names) or "none: satispy models show says why"


def score(metrics: Metrics, name: str) -> str:
    value: float = getattr(metrics, name)
    return f"{value:.3f}" if value > REQUIREMENT else f"[red]{value:.3f}"


def wait_until_served(client: Client, update: Update, patience: float = 30) -> None:
    """Wait until the service has swapped in what the last run promoted."""
    models = update.report.models.values() if update.report else ()
    promoted = {model.tag for model in models if model.promoted}
    end = time.monotonic() + patience
    while not promoted <= {served.tag for served in client.models().serving}:
        if time.monotonic() > end:
            raise SatispyError(
                "The service does not serve %(promoted)s after %(patience).0f s. `satispy"
                " logs service` says why.",
                promoted=", ".join(sorted(promoted)),
                patience=patience,
            )
        time.sleep(0.2)


def predictions(client: Client) -> Table:
    """A few texts, asked of the running service."""
    table = Table(title="\nA few predictions", title_style="bold", title_justify="left")
    table.add_column("text", max_width=60)
    answers = client.predict(TEXTS, model="all")
    families = list(answers[0].by_model or {})
    for family in families:
        table.add_column(family.upper(), justify="right")
    colours = {"positive": "green", "negative": "red", "unknown": "dim"}
    for text, answer in zip(TEXTS, answers, strict=True):
        cells = [(answer.by_model or {})[family] for family in families]
        table.add_row(text, *(f"[{colours[c.label]}]{c.label}{confidence(c)}" for c in cells))
    return table


def confidence(vote: Vote) -> str:
    """How sure the model is of the label it gave; nothing to be sure of where it knows no word."""
    if vote.label == "unknown":
        return ""
    sure = vote.probability if vote.label == "positive" else 1 - vote.probability
    return f" {sure:.0%}"
