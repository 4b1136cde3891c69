"""What a person types. `satispy --help` names everything."""

import copy
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text
from typer import rich_utils
from typer.main import get_command

from infra import home
from satispy.cli import _place as place
from satispy.cli._language import Language, in_words, speak, what_a_library_says
from satispy.errors import NoPlace, SatispyError
from satispy.locales.messages import _
from satispy.locales.telling import told


def assembled() -> typer.Typer:
    """Every command of the modules of this package: their `commands`, and their `app` as a group.

    Each needs a stack, or --cloud, unless it is marked (`_place`).
    """
    app = typer.Typer(
        help="Learn from French customer reviews, and keep learning.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
        rich_markup_mode="rich",
    )
    app.callback()(cloud_or_local)
    for found in pkgutil.iter_modules(__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        for name, function in getattr(module, "commands", {}).items():
            app.command(name)(place.demanded(function))
        if isinstance(group := getattr(module, "app", None), typer.Typer):
            app.add_typer(demanding(group), name=found.name)
    return app


def cloud_or_local(
    cloud: Annotated[
        bool,
        typer.Option("--cloud", metavar="", help="Talk to AWS, not to the local stack that is up."),
    ] = False,
    lang: Language = None,
) -> None:
    place.choose(cloud)


def demanding(group: typer.Typer) -> typer.Typer:
    group = copy.copy(group)
    group.registered_commands = [copy.copy(each) for each in group.registered_commands]
    for command in group.registered_commands:
        command.callback = command.callback and place.demanded(command.callback)
    return group


def main() -> None:
    # What is written here, reviews above all, is for this user alone.
    os.umask(home.UMASK)
    speak(sys.argv[1:])
    command = in_words(get_command(assembled()))
    try:
        sys.exit(command.main(standalone_mode=False))
    except typer.Abort:
        fail(_("Stopped."))
    except typer.TyperException as error:
        refused: Any = error
        said = what_a_library_says(error.format_message())
        refused.format_message = lambda: said
        rich_utils.rich_format_error(refused)
        sys.exit(error.exit_code)
    except NoPlace as error:
        fail(told(error), status=2)
    except SatispyError as error:
        fail(told(error))
    except OSError as error:
        # What was typed is for who typed it; any other file is a fault of ours.
        if not isinstance(error.filename, str) or not _was_typed(error.filename):
            raise
        fail(_what_is_wrong_with(error, error.filename))
    except Exception as error:
        # botocore takes half a second to import: if it is not loaded, it is not its error.
        if (botocore := sys.modules.get("botocore.exceptions")) is None:
            raise
        if isinstance(error, botocore.ConnectionError | botocore.HTTPClientError):
            fail(_("%(error)s Is the stack still running? satispy status", error=error))
        raise


def _was_typed(name: str) -> bool:
    return any(word == name or word.endswith(f"={name}") for word in map(_path, sys.argv[1:]))


def _path(word: str) -> str:
    """As `Path` writes it, without `./` and a slash at the end."""
    option, equals, name = word.partition("=") if word.startswith("--") else ("", "", word)
    return f"{option}{equals}{Path(name)}"


def _what_is_wrong_with(error: OSError, name: str) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return _("%(file)s: there is no such file, or no such folder", file=name)
        case IsADirectoryError():
            return _("%(file)s is a folder, not a file", file=name)
        case PermissionError():
            return _("%(file)s: you may not read or write it", file=name)
        case _other:
            return _("%(file)s: %(error)s", file=name, error=error.strerror)


def fail(message: str, status: int = 1) -> NoReturn:
    text = Text.assemble(("✗ ", "bold red"), (message, "red"))
    Console(stderr=True).print(text, soft_wrap=True)
    sys.exit(status)
