"""How to reach a local stack that is up: a file of environment variables in its home."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

# The developer's own cloud must not shine through.
FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def write(home: Path, environment: Mapping[str, str]) -> None:
    partial = home / "env.partial"
    partial.write_text(json.dumps(dict(environment), indent=2))
    partial.chmod(0o600)
    partial.replace(home / "env")


def read(home: Path) -> dict[str, str]:
    """Empty while the stack is down."""
    try:
        return dict(json.loads((home / "env").read_text()))
    except FileNotFoundError:
        return {}


def drop(home: Path) -> None:
    (home / "env").unlink(missing_ok=True)


def enter(home: Path, *, prefer_own_settings: bool = False) -> None:
    """Let this process reach the stack as its servers do; does nothing while the stack is down.

    What somebody set by hand (SATISPY_…) stays as it is if `prefer_own_settings`.
    """
    environment = read(home)
    if not environment:
        return
    for name in FOREIGN:
        os.environ.pop(name, None)
    for name, value in environment.items():
        if not (prefer_own_settings and name.startswith("SATISPY_") and name in os.environ):
            os.environ[name] = value
