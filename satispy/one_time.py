"""Codes that sign somebody in once: a file each in the home of a stack, which is its user's alone.

Whoever can read the home can read the key of the bucket too, and so make accounts: the code gives
nothing more, and saves them a password. The file is named after the code's digest, and who removes
it has used it.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: For a link that was just printed; another one costs a command.
LASTS_SECONDS: Final = 600.0
_FOLDER: Final = "sign-in"


@dataclass(frozen=True)
class Ticket:
    #: Whom it signs in; empty: the administrator, or whoever makes the first account.
    name: str


def make(home: Path, name: str = "", clock: Callable[[], float] = time.time) -> str:
    """A code for a home that is there, used once within `LASTS_SECONDS`."""
    folder = home / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.iterdir():
        if clock() - path.stat().st_mtime > LASTS_SECONDS:
            path.unlink(missing_ok=True)
    code = secrets.token_urlsafe(32)
    descriptor = os.open(_path(home, code), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"name": name, "until": clock() + LASTS_SECONDS}, file)
    return code


def holds(home: Path, code: str, clock: Callable[[], float] = time.time) -> bool:
    """Whether `take` would take it now."""
    return _read(home, code, clock) is not None


def take(home: Path, code: str, clock: Callable[[], float] = time.time) -> Ticket | None:
    """Whom the code is for, whoever asks first; None if it was used, is too old, or never was."""
    found = _read(home, code, clock)
    try:
        _path(home, code).unlink()
    except FileNotFoundError:  # somebody was quicker
        return None
    return found


def link(app: str, code: str) -> str:
    """After the #, which browsers keep to themselves: it comes into no log on the way."""
    return f"{app}/login#code={code}"


def _read(home: Path, code: str, clock: Callable[[], float]) -> Ticket | None:
    try:
        known = json.loads(_path(home, code).read_text())
    except FileNotFoundError:
        return None
    return Ticket(known["name"]) if clock() <= known["until"] else None


def _path(home: Path, code: str) -> Path:
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    return home / _FOLDER / digest
