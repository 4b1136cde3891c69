"""`satispy accounts …`: who may use the REST API and the app."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from satispy.cli._me import me
from satispy.cli._stores import bucket
from satispy.errors import SatispyError
from satispy.locales.messages import _

app = typer.Typer(help="Who may use the REST API and the app.", no_args_is_help=True)
console = Console()

Name = Annotated[str, typer.Argument(help="a-z, 0-9, '.', '_' and '-'.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="user or admin.")] = "user",
) -> None:
    """Add an account, or give one a new password; the password is shown this once."""
    if role not in ("user", "admin"):
        raise SatispyError("a role is user or admin, not %(role)r", role=role)
    from satispy import journal
    from satispy.accounts import Accounts
    from satispy.journal import Fact, What

    store = bucket()
    with journal.acting(store, Fact(by=me(), what=What.ACCOUNT_SET, on=name, after={"role": role})):
        password = Accounts(store).create(name, "admin" if role == "admin" else "user")
    said = _("%(name)s (%(role)s), password shown only now: ", name=name, role=role)
    console.print(f"{said}[bold]{password}[/]")


@app.command()
def remove(name: Name) -> None:
    """Remove an account."""
    from satispy import journal
    from satispy.accounts import Accounts
    from satispy.journal import Fact, What

    store = bucket()
    with journal.acting(store, Fact(by=me(), what=What.ACCOUNT_REMOVED, on=name)):
        Accounts(store).remove(name)
    console.print(_("%(name)s is removed.", name=name))


@app.command("list")
def show() -> None:
    """The accounts and their roles."""
    from satispy.accounts import Accounts

    table = Table(box=None, header_style="bold")
    table.add_column(_("name"))
    table.add_column(_("role"))
    for name, role in Accounts(bucket()).names():
        table.add_row(name, role)
    console.print(table)
