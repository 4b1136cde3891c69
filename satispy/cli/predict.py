"""`satispy predict`: ask the service from a terminal."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satispy.cli import _place as place
from satispy.errors import RequestRefused
from satispy.locales.formats import decimal, signed
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.locales.reader import reader
from satispy.settings import Settings

if TYPE_CHECKING:
    from satispy.client import Client, Prediction

COLOURS = {"positive": "green", "negative": "red", "unknown": "yellow"}

_LABELS = Names({"positive": N_("positive"), "negative": N_("negative"), "unknown": N_("unknown")})


@place.with_service
def predict(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts, each in quotes.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A .csv or .csv.gz (comes back with columns added), or a file of one text a line."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the CSV goes; else beside it, as .predicted.csv")
    ] = None,
    model: Annotated[
        str, typer.Option(help="champion, gbc, svm, ann, ensemble or all")
    ] = "champion",
    version: Annotated[str, typer.Option(help="Another version of that model.")] = "",
    column: Annotated[str, typer.Option(help="The column of the CSV where the texts stand.")] = "",
    encoding: Annotated[
        str, typer.Option(help="Of the file, where it cannot be told: cp1252, mac-roman, utf-16 …")
    ] = "",
    aspects: Annotated[
        bool, typer.Option("--aspects", help="Also what texts speak of: delivery, quality …")
    ] = False,
    explain: Annotated[bool, typer.Option(help="Show what each word contributes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Say whether texts are positive or negative."""
    from satispy.client import Client

    if file is not None and str(file) != "-":
        file.open("rb").close()  # one that cannot be read is said before the service is asked
    settings = Settings()
    with Client(settings.service_url, settings.service_token or None) as client:
        if file is not None and (stem := _stem_of_csv(file)):
            target = output or file.with_name(f"{stem}.predicted.csv")
            unread = client.predict_csv(
                file, target, model, version, column, encoding, aspects=aspects
            )
            typer.echo(f"{target}")
            if unread:
                said = ngettext(
                    "%(num)s row could not be read: satispy_problem says why",
                    "%(num)s rows could not be read: satispy_problem says why",
                    unread,
                )
                typer.echo(said, err=True)
            return
        asked = _texts(texts or [], file, encoding)
        if explain:
            _explain(client, asked, "" if model == "champion" else model, version)
            return
        predictions = client.predict(asked, model, version, aspects=aspects)
    if as_json:
        for prediction in predictions:
            typer.echo(prediction.model_dump_json(exclude_none=True))
    else:
        _show(asked, predictions)


def _stem_of_csv(file: Path) -> str | None:
    """The name without its ending, of what is a table and not one text a line."""
    for ending in (".csv", ".csv.gz", ".tsv", ".tsv.gz"):
        if file.name.lower().endswith(ending):
            return file.name[: -len(ending)]
    return None


def _texts(texts: list[str], file: Path | None, encoding: str) -> list[str]:
    if file is not None:
        lines = sys.stdin if str(file) == "-" else _lines(file, encoding)
        texts = [*texts, *(line.strip() for line in lines)]
    found = [text for text in texts if text.strip()]
    if not found:
        raise RequestRefused(
            'Nothing to judge: satispy predict "Livraison rapide !" or --file FILE'
        )
    return found


def _lines(file: Path, encoding: str) -> list[str]:
    from satispy.reviews.layout import lines_of
    from satispy.reviews.said import Said

    return lines_of(file.read_bytes(), Said(encoding=encoding))


def _show(texts: list[str], predictions: "list[Prediction]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    several = any(prediction.by_model for prediction in predictions)
    table = Table(box=None, pad_edge=False, show_header=several)
    table.add_column("", no_wrap=True)
    table.add_column(_("P(positive)"), no_wrap=True)
    if several:
        for family in predictions[0].by_model or {}:
            table.add_column(family, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for text, prediction in zip(texts, predictions, strict=True):
        colour = COLOURS[prediction.label]
        votes = [decimal(vote.probability, 2) for vote in (prediction.by_model or {}).values()]
        table.add_row(
            Text(_LABELS[prediction.label], colour),
            Text.assemble(
                _bar(prediction.probability, colour), f" {decimal(prediction.probability, 2)}"
            ),
            *votes,
            Text(text),
        )
        for each in prediction.aspects or ():
            title = getattr(each, reader().language)
            said = Text.assemble(
                "  ", (title, COLOURS[each.label]), _(": « %(clause)s »", clause=each.clause)
            )
            table.add_row("", "", *("" for _vote in votes), said)
    console = Console()
    console.print(table)
    console.print(f"[dim]{predictions[0].model} · {predictions[0].tag}[/dim]", highlight=False)


def _bar(probability: float, colour: str) -> tuple[str, str]:
    full = round(probability * 10)
    return "━" * full + "╌" * (10 - full), colour


def _explain(client: "Client", texts: list[str], model: str, version: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for text in texts:
        found = client.explain(text, model, version)
        console.print(
            Text(f"{_LABELS[found.label]} {decimal(found.probability, 2)}", COLOURS[found.label]),
            text,
        )
        for contribution in found.contributions[:12]:
            colour = "green" if contribution.weight > 0 else "red"
            points = signed(contribution.weight, 3)
            bar = "━" * min(40, round(abs(contribution.weight) * 80))
            console.print(Text.assemble(f"  {points} ", (bar, colour), f" {contribution.word}"))
        console.print(f"[dim]{found.tag} · {found.method}[/dim]", highlight=False)


commands = {"predict": predict}
