"""`satispy cost`: what a month in AWS takes, before anything is deployed."""

from typing import Annotated

import typer
from rich.console import Console

from satispy import costs
from satispy.cli import _place as place
from satispy.cli._terminal import print_table, table
from satispy.locales.formats import decimal
from satispy.locales.messages import _
from satispy.locales.telling import told


@place.without_stack
def cost(
    uploads_per_day: Annotated[float, typer.Option(help="CSVs a day.", min=0)] = 1,
    rows: Annotated[int, typer.Option(help="Reviews in the dataset.", min=0)] = 50_000,
    predictions: Annotated[float, typer.Option(help="Texts judged a day.", min=0)] = 0,
    rows_per_upload: Annotated[int, typer.Option(help="Rows of a CSV.", min=1)] = 2_000,
    retrains_per_day: Annotated[
        float, typer.Option(help="0: after each upload, 16 at most.", min=0)
    ] = 0,
    max_training_rows: Annotated[
        int, typer.Option(help="What a retrain reads at most; 0: all.", min=0)
    ] = costs.MAX_TRAINING_ROWS,
    scale_from_rows: Annotated[
        int, typer.Option(help="Rows read from which on workers retrain; 0: never.", min=0)
    ] = 0,
    scale_workers: Annotated[int, typer.Option(help="Workers, while they do.", min=1)] = 4,
) -> None:
    """Dollars a month in AWS, Europe (Paris), without free tiers, by measured seconds and counted
    requests."""
    month = costs.Month(
        uploads_a_day=uploads_per_day,
        rows=rows,
        predictions_a_day=predictions,
        rows_of_upload=rows_per_upload,
        retrains_a_day=retrains_per_day,
        max_training_rows=max_training_rows,
        scale_from_rows=scale_from_rows,
        scale_workers=scale_workers,
    )
    found = costs.lines(month)
    shown = table("", _("how much"), _("$ a month"), words=("", _("how much")))
    for line in found:
        shown.add_row(told(line.what), told(line.amount), decimal(line.dollars, 2))
    everything = sum(line.dollars for line in found)
    shown.add_row(_("everything serverless"), "", decimal(costs.serverless(found), 2))
    shown.add_row(_("with the containers"), "", decimal(everything, 2))
    console = Console()
    print_table(shown, console)
    console.print(
        "\n" + _("Prices change: satispy/costs.py names the page of each."), highlight=False
    )


commands = {"cost": cost}
