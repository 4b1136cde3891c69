"""`satispy upload` and `satispy reviews …`: the dataset, from a terminal."""

import datetime as dt
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from satispy.errors import NotFound, SatispyError
from satispy.settings import Settings

if TYPE_CHECKING:
    from collections import Counter

    from satispy.reviews import Receipt, ReviewTable
    from satispy.storage import Store

app = typer.Typer(
    help="The dataset: receipts, versions, export, restore, replay.", no_args_is_help=True
)
console = Console()

Files = Annotated[list[Path], typer.Argument(help="CSV files (.csv or .csv.gz).", exists=True)]
Version = Annotated[int, typer.Argument(help="A dataset version.", min=0)]


def upload(
    files: Files,
    column: Annotated[
        list[str] | None,
        typer.Option(help="field=COLUMN when a column has another name: comment='Titre comment'."),
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the receipts.")] = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for one receipt.")] = 900,
) -> None:
    """Send CSVs to the dataset and show what became of each row."""
    from satispy.reviews import receipts
    from satispy.reviews.layout import parse_mapping
    from satispy.reviews.merging import MAPPING_METADATA

    store = _store()
    mapping = urlencode([_pair(given) for given in column or ()])
    parse_mapping(mapping)
    sent = []
    for file in files:
        key = f"{receipts.UPLOADS}{file.name}"
        with console.status(f"Sending {file.name} ({file.stat().st_size:,} bytes) …"):
            store.write(key, file, {MAPPING_METADATA: mapping} if mapping else None)
        entry = store.describe(key)
        sent.append((key, receipts.put_id(entry.version, entry.etag, entry.modified)))
        if not wait:
            console.print(f"Sent {key}")
    for key, put in sent if wait else ():
        _show_receipt(_wait(store, key, put, timeout))


def _pair(given: str) -> tuple[str, str]:
    field, _, name = given.partition("=")
    if not name:
        raise SatispyError(f"--column wants field=COLUMN, not {given!r}")
    return field, name


def _wait(store: "Store", key: str, put: str, timeout: float) -> "Receipt":
    from satispy.reviews import receipts

    deadline = time.monotonic() + timeout
    with console.status(f"Merging {key} …") as status:
        while time.monotonic() < deadline:
            if receipt := receipts.find(store, key, put):
                return receipt
            if rows := receipts.progress(store, key):
                status.update(f"Merging {key}: {rows:,} rows so far …")
            time.sleep(0.2)
    raise SatispyError(
        f"no receipt for {key} after {timeout:.0f} s: satispy logs, or reviews replay"
    )


def _show_receipt(receipt: "Receipt") -> None:
    if receipt.refused:
        console.print(Text.assemble(("✗ ", "bold red"), (receipt.upload, "bold"), " refused"))
        console.print(Text(f"  {receipt.refused}", "red"), soft_wrap=True)
        return
    line = Text.assemble(
        ("✓ " if receipt.added else "= ", "bold green" if receipt.added else "bold yellow"),
        (receipt.upload, "bold"),
        f"  {receipt.received:,} rows: ",
        (f"{receipt.added:,} added", "green" if receipt.added else ""),
        f", {receipt.duplicate:,} duplicate, ",
        (f"{receipt.rejected:,} rejected", "red" if receipt.rejected else ""),
        f"  ({receipt.encoding}, {receipt.seconds:.1f} s)",
    )
    console.print(line)
    for reason in receipt.reasons:
        lines = ", ".join(map(str, reason.lines)) + (
            "…" if reason.count > len(reason.lines) else ""
        )
        console.print(Text(f"    {reason.count:>6,} × {reason.message} (line {lines})", "red"))
    if receipt.quarantine:
        console.print(
            f"  Mend and send again: [cyan]satispy reviews quarantine {receipt.upload}[/]"
        )
    if masked := ", ".join(f"{n} {kind}" for kind, n in receipt.masked.items()):
        console.print(f"  Masked: {masked}", style="dim")
    console.print(
        f"  Dataset version {receipt.dataset_version}"
        + (f", retrain [bold]{receipt.run}[/] started" if receipt.run else ", no retrain needed")
    )


@app.command("receipts")
def show_receipts(
    last: Annotated[int, typer.Option(help="How many of the newest.")] = 20,
) -> None:
    """What became of each upload, the newest last."""
    from satispy.reviews import receipts

    table = Table(box=None, header_style="bold")
    for name in ("upload", "merged", "rows", "added", "duplicate", "rejected", "version", "run"):
        table.add_column(
            name, justify="left" if name in ("upload", "merged", "run") else "right", no_wrap=True
        )
    for receipt in receipts.all(_store())[-last:]:
        table.add_row(
            receipt.upload,
            _moment(receipt.finished),
            *(
                ("[red]refused[/]", "", "", "")
                if receipt.refused
                else [
                    f"{n:,}"
                    for n in (receipt.received, receipt.added, receipt.duplicate, receipt.rejected)
                ]
            ),
            "" if receipt.dataset_version is None else str(receipt.dataset_version),
            receipt.run or "",
        )
    console.print(table)


@app.command()
def receipt(
    name: Annotated[str, typer.Argument(help="An upload.")],
    as_json: Annotated[bool, typer.Option("--json", help="The receipt as it is stored.")] = False,
) -> None:
    """What became of one upload."""
    from satispy.reviews import receipts

    found = receipts.read(_store(), name)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show_receipt(found)


@app.command()
def quarantine(
    name: Annotated[str, typer.Argument(help="An upload.")],
    to: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
) -> None:
    """Download the rejected rows of an upload: mend them, leave the satispy_ columns, send it."""
    from satispy.reviews import receipts

    store = _store()
    key = receipts.read(store, name).quarantine
    if not key:
        raise NotFound(f"no row of {name} was rejected")
    path = to or Path(f"{receipts.upload_name(name).replace('/', '-')}-quarantine.csv")
    store.download(key, path)
    console.print(f"Wrote {path}. Mend it, then: satispy upload {path}")


@app.command("log")
def show_log(last: Annotated[int, typer.Option(help="How many of the newest.")] = 20) -> None:
    """The versions of the dataset, the newest first."""
    from satispy.reviews import versions

    table = Table(box=None, header_style="bold")
    table.add_column("version", justify="right")
    table.add_column("when")
    table.add_column("what")
    table.add_column("upload")
    table.add_column("added", justify="right")
    table.add_column("rows", justify="right")
    for commit in versions.log(_reviews(), last):
        table.add_row(
            str(commit.version),
            _moment(commit.at),
            commit.what,
            commit.upload or "",
            f"{commit.added:+,}" if commit.added else "",
            "" if commit.rows is None else f"{commit.rows:,}",
        )
    console.print(table)


@app.command()
def show(
    version: Annotated[int | None, typer.Argument(help="The newest if left out.", min=0)] = None,
) -> None:
    """The rows of a version: by upload and source, with their stars."""
    from collections import Counter

    from satispy.reviews import versions

    _show_groups(Counter(versions.count(_reviews(), version)))


@app.command()
def diff(a: Version, b: Version) -> None:
    """What version B has and A has not, and the other way round."""
    from satispy.reviews import versions

    found = versions.compare(_reviews(), a, b)
    console.print(f"Version {a} → {b}: [green]+{found.added:,}[/] rows, [red]-{found.removed:,}[/]")
    for title, groups in (("added", found.added_by), ("removed", found.removed_by)):
        if groups:
            console.print(title, style="bold")
            _show_groups(groups)


@app.command()
def export(
    version: Version, file: Annotated[Path, typer.Argument(help="FILE.csv or FILE.csv.gz")]
) -> None:
    """Write a version as a CSV (personal data stays masked); uploading it again adds nothing."""
    from satispy.reviews import versions

    rows = versions.export(_reviews(), version, file)
    console.print(f"Wrote {rows:,} rows to {file}")


@app.command()
def restore(
    version: Version,
    retrain: Annotated[bool, typer.Option(help="Train on the restored rows.")] = True,
) -> None:
    """Make a new version with the rows of an old one. Nothing is deleted."""
    from satispy.retraining.start import start_retrain
    from satispy.reviews import versions

    new = versions.restore(_reviews(), version)
    console.print(f"Version {new} now has the rows of version {version}.")
    settings = Settings()
    if retrain and settings.state_machine_arn:
        console.print(f"Retrain [bold]{start_retrain(settings, new)}[/] started.")


@app.command()
def vacuum(
    days: Annotated[float, typer.Option(help="Versions younger than this stay readable.")] = 30,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be deleted.")] = False,
) -> None:
    """Join small files, then delete those that no version of the last days needs."""
    from satispy.reviews import versions

    reviews = _reviews()
    if not dry_run:
        versions.tidy(reviews)
    files = versions.vacuum(reviews, days, dry_run=dry_run)
    console.print(f"{len(files)} files {'would be ' if dry_run else ''}deleted.")


@app.command()
def replay() -> None:
    """Queue uploads that have no receipt, and what the dead-letter queue holds, once more."""
    from satispy.reviews import replay as again

    settings = Settings()
    dead = again.redrive(settings) if settings.dead_letters_url else 0
    keys = again.unanswered(_store())
    again.queue(settings, keys)
    console.print(f"{dead} messages back from the dead-letter queue, {len(keys)} uploads queued.")


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="In words: docs/csv.md.")] = False,
) -> None:
    """The rules of a row, as JSON Schema (docs/review.schema.json)."""
    from satispy.reviews.document import markdown as in_words
    from satispy.reviews.schema import row_schema

    shown = in_words() if markdown else json.dumps(row_schema(), indent=2, ensure_ascii=False)
    typer.echo(shown, nl=not markdown)


def _store() -> "Store":
    from satispy.storage import Store

    return Store.bucket(Settings())


def _reviews() -> "ReviewTable":
    from satispy.reviews import ReviewTable

    return ReviewTable(_store())


def _moment(at: dt.datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _show_groups(groups: "Counter[tuple[str, str, int]]") -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("upload")
    table.add_column("source")
    for star in range(1, 6):
        table.add_column(f"{star} ★", justify="right")
    table.add_column("rows", justify="right", style="bold")
    for upload_name, source in sorted({(upload, source) for upload, source, _ in groups}):
        stars = [groups.get((upload_name, source, star), 0) for star in range(1, 6)]
        table.add_row(upload_name, source, *(f"{n:,}" for n in stars), f"{sum(stars):,}")
    total = [sum(n for (_, _, star), n in groups.items() if star == s) for s in range(1, 6)]
    table.add_section()
    table.add_row("", "all", *(f"{n:,}" for n in total), f"{sum(total):,}", style="bold")
    console.print(table)


commands = {"upload": upload}
