"""`satispy tokens`: who may ask the prediction service from elsewhere than its own machine."""

import hashlib
import secrets
from pathlib import Path
from typing import Annotated

import typer

from satispy.cli import _place as place
from satispy.errors import Conflict, NotFound, SatispyError
from satispy.locales.messages import _
from satispy.settings import Settings

app = typer.Typer(help="Bearer tokens of the prediction service.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Whose token it is; one word.")]


@app.command()
@place.without_stack
def add(name: Name) -> None:
    """Make a token and print it, this once: only its hash is kept."""
    if not name.isidentifier() and not name.replace("-", "_").isidentifier():
        raise SatispyError(
            "%(name)r is no name for a token: letters, digits, - and _ only.", name=name
        )
    path = _file()
    if name in _names(path):
        raise Conflict(
            "%(name)s has a token already: `satispy tokens revoke %(name)s` first.", name=name
        )
    token = f"satispy_{secrets.token_urlsafe(32)}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{name} {hashlib.sha256(token.encode()).hexdigest()}\n")
    typer.echo(token)
    if Settings().tokens is None:
        said = _("The service asks for tokens once SATISPY_TOKENS=%(path)s", path=path.resolve())
        typer.echo(said, err=True)


@app.command("list")
@place.without_stack
def show() -> None:
    """The names that have a token."""
    for name in _names(_file()):
        typer.echo(name)


@app.command()
@place.without_stack
def revoke(name: Name) -> None:
    """End a token; a running service knows within a second."""
    path = _file()
    if name not in _names(path):
        raise NotFound("%(name)s has no token in %(path)s.", name=name, path=path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split()[:1] != [name]]
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.touch(mode=0o600)
    unfinished.write_text("".join(kept), encoding="utf-8")
    unfinished.replace(path)


def _file() -> Path:
    settings = Settings()
    return settings.tokens or settings.home / "tokens"


def _names(path: Path) -> list[str]:
    if not path.exists():
        return []
    lines = (line.partition("#")[0].split() for line in path.read_text("utf-8").splitlines())
    return [fields[0] for fields in lines if fields]
