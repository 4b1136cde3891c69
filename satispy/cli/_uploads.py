"""Uploads from a terminal: sending them, their receipts and rejected rows, queueing them again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer
from rich.markup import escape
from rich.text import Text

from satispy.cli import _place as place
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, print_table, table
from satispy.errors import NotFound, SatispyError
from satispy.locales.formats import count, decimal
from satispy.locales.messages import _, ngettext
from satispy.locales.reader import reader
from satispy.locales.telling import told
from satispy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from satispy.reviews import Receipt
    from satispy.storage import Store

Files = Annotated[
    list[Path],
    typer.Argument(help="CSV files (.csv or .csv.gz).", exists=True, dir_okay=False, readable=True),
]


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
    """Send CSVs to the dataset and show what became of each row; exits with 1 if one is refused."""
    from satispy.reviews import receipts

    said = _said(column or (), encoding, dates)
    if explain:
        _explain(files, said)
        return
    store = bucket()
    sent = []
    for file in files:
        key = f"{receipts.UPLOADS}{file.name}"
        with console.status(
            _(
                "Sending %(file)s (%(size)s bytes) …",
                file=file.name,
                size=count(file.stat().st_size),
            )
        ):
            store.write(key, file, said or None)
        entry = store.describe(key)
        sent.append((key, receipts.put_of(entry)))
        if not wait:
            console.print(_("Sent %(key)s", key=key))
    refused = False
    for key, put in sent if wait else ():
        answer = _wait(store, key, put, timeout)
        _show_receipt(answer)
        refused = refused or answer.refused is not None
    if refused:
        raise typer.Exit(1)


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
        raise SatispyError("--dates is day-first or month-first, not %(dates)r", dates=dates)
    metadata = {said.COLUMNS: mapping, said.ENCODING: encoding, said.DATES: dates}
    return {name: value for name, value in metadata.items() if value}


def _pair(given: str) -> tuple[str, str]:
    field, _, name = given.partition("=")
    if not name:
        raise SatispyError("--column wants field=COLUMN, not %(given)r", given=given)
    return field, name


def _wait(store: "Store", key: str, put: str, timeout: float) -> "Receipt":
    from satispy.reviews import receipts

    deadline = time.monotonic() + timeout
    with console.status(_("Merging %(key)s …", key=key)) as status:
        while time.monotonic() < deadline:
            if receipt := receipts.find(store, key, put):
                return receipt
            if rows := receipts.progress(store, key).rows:
                status.update(
                    _("Merging %(key)s: %(rows)s rows so far …", key=key, rows=count(rows))
                )
            time.sleep(0.2)
    raise SatispyError(
        "no receipt for %(key)s after %(timeout).0f s: satispy logs, or reviews replay",
        key=key,
        timeout=timeout,
    )


def _show_receipt(receipt: "Receipt") -> None:
    from satispy.cli._explained import show_reason
    from satispy.reviews import receipts
    from satispy.reviews.reasons import in_language

    if receipt.refused:
        console.print(Text.assemble(("✗ ", "bold red"), (receipt.upload, "bold"), _(" refused")))
        console.print(Text(f"  {told(receipts.why_refused(receipt))}", "red"), soft_wrap=True)
        return
    if fault := receipts.fault_of_the_file(receipt):
        console.print(
            Text(
                _(
                    "✗ %(count)s of %(received)s rows: %(fault)s",
                    count=count(fault.count),
                    received=count(receipt.received),
                    fault=in_language(fault.code, fault.message, reader().language),
                ),
                "bold red",
            ),
            soft_wrap=True,
        )
    line = Text.assemble(
        ("✓ " if receipt.added else "= ", "bold green" if receipt.added else "bold yellow"),
        (receipt.upload, "bold"),
        "  " + ngettext("%(num)s row: ", "%(num)s rows: ", receipt.received),
        (
            ngettext("%(num)s added", "%(num)s added", receipt.added),
            "green" if receipt.added else "",
        ),
        ", " + ngettext("%(num)s duplicate", "%(num)s duplicates", receipt.duplicate) + ", ",
        (
            ngettext("%(num)s rejected", "%(num)s rejected", receipt.rejected),
            "red" if receipt.rejected else "",
        ),
        f"  ({receipt.encoding}, {decimal(receipt.seconds, 1)} s)",
    )
    console.print(line)
    if receipt.recognised:
        console.print(Text(_("  Recognised as %(export)s", export=receipt.recognised)))
    for note in receipt.notes:
        console.print(Text(_("  Note: %(note)s", note=told(note)), "yellow"))
    for reason in receipt.reasons:
        show_reason(reason)
    if receipt.quarantine:
        console.print(
            _("  Mend and send again: %(command)s", command="")
            + f"[cyan]satispy reviews quarantine {escape(receipt.upload)}[/]"
        )
    for column, kinds in receipt.masked_by_column.items():
        masked = ", ".join(f"{count(n)} {kind}" for kind, n in kinds.items())
        said = _("  Masked in %(column)s: %(masked)s", column=column, masked=masked)
        console.print(Text(said, "dim"))
    if receipt.dropped:
        said = _("  Personal data, not kept: %(columns)s", columns=", ".join(receipt.dropped))
        console.print(Text(said, "dim"))
    version = _("  Dataset version %(version)s", version=receipt.dataset_version)
    console.print(version + ", " + _then(receipt), soft_wrap=True)


def _then(receipt: "Receipt") -> str:
    if receipt.run:
        return _("retrain [bold]%(run)s[/] started", run=receipt.run)
    if receipt.waits:
        return _("no retrain yet: %(why)s", why=told(receipt.waits))
    return _("no retrain needed")


def show_receipts(
    last: Annotated[int, typer.Option(help="How many of the newest.")] = 20,
) -> None:
    """What became of each upload, the newest last."""
    from satispy.reviews import receipts

    print_table(table_of(receipts.newest(bucket(), last)))


def table_of(found: "Sequence[Receipt]") -> "Table":
    """A row for each upload."""
    upload, merged, run = _("upload"), _("merged"), _("retrain")
    figures = (_("rows"), _("added"), _("duplicate"), _("rejected"), _("version"))
    made = table(upload, merged, *figures, run, words=(upload, merged, run))
    for receipt in found:
        made.add_row(
            Text(receipt.upload),
            moment(receipt.finished),
            *(
                ("[red]" + _("refused") + "[/]", "", "", "")
                if receipt.refused
                else [
                    count(n)
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
        raise NotFound("no row of %(name)s was rejected", name=name)
    path = to or Path(f"{receipts.upload_name(name).replace('/', '-')}-quarantine.csv")
    store.download(key, path)
    console.print(_("Wrote %(path)s. Mend it, then: satispy upload %(path)s", path=path))


def replay() -> None:
    """Queue uploads that have no receipt, and what the dead-letter queue holds, once more."""
    from satispy.cloud import Queue
    from satispy.reviews import replay as again

    settings = Settings()
    queue = Queue(settings)
    dead = queue.redrive() if settings.dead_letters_url else 0
    keys = again.unanswered(bucket())
    again.announce(queue, keys)
    back = ngettext(
        "%(num)s message back from the dead-letter queue, ",
        "%(num)s messages back from the dead-letter queue, ",
        dead,
    )
    console.print(back + ngettext("%(num)s upload queued.", "%(num)s uploads queued.", len(keys)))
