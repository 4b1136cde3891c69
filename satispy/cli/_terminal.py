"""Where the commands of the dataset write: one console, and moments in its local time."""

import datetime as dt

from rich.console import Console

console = Console()


def moment(at: dt.datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
