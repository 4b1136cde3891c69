"""What a person types. `satispy --help` names everything."""

import importlib
import pkgutil
import sys
from types import ModuleType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from infra import environment
from satispy.errors import SatispyError
from satispy.settings import Settings

app = typer.Typer(
    help="Learn from French customer reviews, and keep learning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
)


@app.callback()
def cloud_or_local(
    cloud: Annotated[
        bool,
        typer.Option("--cloud", metavar="", help="Talk to AWS, not to the local stack that is up."),
    ] = False,
) -> None:
    if not cloud:
        environment.enter(Settings().home, prefer_own_settings=True)


def register(module: ModuleType) -> None:
    """Add the commands of a module of this package: its `commands`, and its `app` as a group."""
    for name, function in getattr(module, "commands", {}).items():
        app.command(name)(function)
    if isinstance(group := getattr(module, "app", None), typer.Typer):
        app.add_typer(group, name=module.__name__.rpartition(".")[2])


def main() -> None:
    for found in pkgutil.iter_modules(__path__):
        if not found.name.startswith("_"):
            register(importlib.import_module(f"{__name__}.{found.name}"))
    try:
        app()
    except SatispyError as error:
        fail(str(error))
    except Exception as error:
        # botocore takes half a second to import: if it is not loaded, it is not its error.
        if (botocore := sys.modules.get("botocore.exceptions")) is None:
            raise
        if isinstance(error, botocore.NoCredentialsError):
            fail("No stack is up here (satispy up), and there are no credentials for AWS.")
        if isinstance(error, botocore.EndpointConnectionError):
            fail(f"{error} Is the stack still running? satispy status")
        raise


def fail(message: str) -> NoReturn:
    text = Text.assemble(("✗ ", "bold red"), (message, "red"))
    Console(stderr=True).print(text, soft_wrap=True)
    sys.exit(1)
