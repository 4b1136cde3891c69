"""Uploads from a terminal: sending them, their receipts and rejected rows, queueing them again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer
from rich.text import Text

from satispy.cli import _place as place
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, print_table, table
from satispy.errors import NotFound, SatispyError
from satispy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from satispy.reviews import Receipt
    from satispy.storage import Store

Files = Annotated[list[Path], typer.Argument(help="CSV files (.csv or .csv.gz).", exists=True)]


@place.without_stack_if("explain")
def upload(
    files: Files,
    column: Annotated[
        list[str] | None,
        typer.Option(help="field=COLUMN when a column has another name: comment='Titre comment'."),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="The encoding, where it cannot be told: cp1252, mac-roman, cp850 …")
    ] = "",
    dates: Annotated[
        str, typer.Option(help="day-first or month-first, where a column can be read either way.")
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Send nothing: show what would become of the files.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the receipts.")] = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for one receipt.")] = 900,
) -> None:
    """Send CSVs to the dataset and show what became of each row."""
    from satispy.reviews import receipts

    said = _said(column or (), encoding, dates)
    if explain:
        _explain(files, said)
        return
    store = bucket()
    sent = []
    for file in files:
        key = f"{receipts.UPLOADS}{file.name}"
        with console.status(f"Sending {file.name} ({file.stat().st_size:,} bytes) …"):
            store.write(key, file, said or None)
        entry = store.describe(key)
        sent.append((key, receipts.put_of(entry)))
        if not wait:
            console.print(f"Sent {key}")
    for key, put in sent if wait else ():
        _show_receipt(_wait(store, key, put, timeout))


def _explain(files: "Sequence[Path]", metadata: "Mapping[str, str]") -> None:
    from satispy.cli import _explained
    from satispy.reviews.merging import MergeRules
    from satispy.reviews.said import said_in

    rules = MergeRules.from_settings(Settings())
    said = said_in(metadata, rules.columns, rules.dates)
    merged = [_explained.show(file, said, rules.timezone) for file in files]
    if not all(merged):
        raise typer.Exit(1)


def _said(column: "Sequence[str]", encoding: str, dates: str) -> dict[str, str]:
    """What is said of a file, as the metadata of its object. Raises UploadRefused."""
    from satispy.reviews import said
    from satispy.reviews.charsets import given_codec
    from satispy.reviews.columns import parse_mapping

    mapping = urlencode([_pair(given) for given in column])
    parse_mapping(mapping)
    if encoding:
        given_codec(encoding)
    if dates not in ("", "day-first", "month-first"):
        raise SatispyError(f"--dates is day-first or month-first, not {dates!r}")
    metadata = {said.COLUMNS: mapping, said.ENCODING: encoding, said.DATES: dates}
    return {name: value for name, value in metadata.items() if value}


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
            if rows := receipts.progress(store, key).rows:
                status.update(f"Merging {key}: {rows:,} rows so far …")
            time.sleep(0.2)
    raise SatispyError(
        f"no receipt for {key} after {timeout:.0f} s: satispy logs, or reviews replay"
    )


def _show_receipt(receipt: "Receipt") -> None:
    from satispy.cli._explained import show_reason
    from satispy.reviews import receipts

    if receipt.refused:
        console.print(Text.assemble(("✗ ", "bold red"), (receipt.upload, "bold"), " refused"))
        console.print(Text(f"  {receipt.refused}", "red"), soft_wrap=True)
        return
    if fault := receipts.fault_of_the_file(receipt):
        console.print(
            Text(f"✗ {fault.count:,} of {receipt.received:,} rows: {fault.message}", "bold red"),
            soft_wrap=True,
        )
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
    if receipt.recognised:
        console.print(Text(f"  Recognised as {receipt.recognised}"))
    for note in receipt.notes:
        console.print(Text(f"  Note: {note.message}", "yellow"))
    for reason in receipt.reasons:
        show_reason(reason)
    if receipt.quarantine:
        console.print(
            f"  Mend and send again: [cyan]satispy reviews quarantine {receipt.upload}[/]"
        )
    for column, kinds in receipt.masked_by_column.items():
        masked = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        console.print(Text(f"  Masked in {column}: {masked}", "dim"))
    if receipt.dropped:
        console.print(Text(f"  Personal data, not kept: {', '.join(receipt.dropped)}", "dim"))
    console.print(
        f"  Dataset version {receipt.dataset_version}"
        + (
            f", retrain [bold]{receipt.run}[/] started"
            if receipt.run
            else f", no retrain yet: {receipt.waits}"
            if receipt.waits
            else ", no retrain needed"
        ),
        soft_wrap=True,
    )


def show_receipts(
    last: Annotated[int, typer.Option(help="How many of the newest.")] = 20,
) -> None:
    """What became of each upload, the newest last."""
    from satispy.reviews import receipts

    print_table(table_of(receipts.newest(bucket(), last)))


def table_of(found: "Sequence[Receipt]") -> "Table":
    """A row for each upload."""
    names = ("upload", "merged", "rows", "added", "duplicate", "rejected", "version", "run")
    made = table(*names, words=("upload", "merged", "run"))
    for receipt in found:
        made.add_row(
            Text(receipt.upload),
            moment(receipt.finished),
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
    return made


def receipt(
    name: Annotated[str, typer.Argument(help="An upload.")],
    as_json: Annotated[bool, typer.Option("--json", help="The receipt as it is stored.")] = False,
) -> None:
    """What became of one upload."""
    from satispy.reviews import receipts

    found = receipts.named(bucket(), name)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show_receipt(found)


def quarantine(
    name: Annotated[str, typer.Argument(help="An upload.")],
    to: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
) -> None:
    """Download the rejected rows of an upload: mend them, leave the satispy_ columns, send it."""
    from satispy.reviews import receipts

    store = bucket()
    key = receipts.named(store, name).quarantine
    if not key:
        raise NotFound(f"no row of {name} was rejected")
    path = to or Path(f"{receipts.upload_name(name).replace('/', '-')}-quarantine.csv")
    store.download(key, path)
    console.print(f"Wrote {path}. Mend it, then: satispy upload {path}")


def replay() -> None:
    """Queue uploads that have no receipt, and what the dead-letter queue holds, once more."""
    from satispy.cloud import Queue
    from satispy.reviews import replay as again

    settings = Settings()
    queue = Queue(settings)
    dead = queue.redrive() if settings.dead_letters_url else 0
    keys = again.unanswered(bucket())
    again.announce(queue, keys)
    console.print(f"{dead} messages back from the dead-letter queue, {len(keys)} uploads queued.")
