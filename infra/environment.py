"""How to reach a local stack that is up: a file of environment variables in its home.

The key is in it, so it is for this user alone. It is made at random for each home, and kept when
the stack goes down: shells and presigned addresses that have it stay good.
"""

import json
import os
import secrets
import string
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from satispy.errors import NoPlace

# The developer's own cloud must not shine through.
FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
# No beginning that emulators know (AKIA, LKIA, twelve digits): they would read an account from it.
_KEY_ID = "SATISPY"
_KEY_ID_LENGTH = 20

# Where obstore and delta-rs find credentials by themselves, and renew them.
KNOWN_TO_ALL = ("env", "iam-role", "container-role", "assume-role-with-web-identity")


def write(home: Path, environment: Mapping[str, str]) -> None:
    _write_for_us_alone(home / "env", environment)


def credentials(home: Path) -> dict[str, str]:
    """The one key that this home's emulator takes, made when it is first asked for."""
    path = home / "key"
    if not path.exists():
        letters = string.ascii_uppercase + string.digits
        rest = "".join(secrets.choice(letters) for _ in range(_KEY_ID_LENGTH - len(_KEY_ID)))
        key = {
            "AWS_ACCESS_KEY_ID": _KEY_ID + rest,
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
        }
        _write_for_us_alone(path, key)
    return dict(json.loads(path.read_text()))


def _write_for_us_alone(path: Path, content: Mapping[str, str]) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    # Made with its mode: a file that is closed afterwards was open for a moment.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dict(content), file, indent=2)
    partial.replace(path)


def read(home: Path) -> dict[str, str]:
    """Empty while the stack is down."""
    try:
        return dict(json.loads((home / "env").read_text()))
    except FileNotFoundError:
        return {}


def drop(home: Path) -> None:
    (home / "env").unlink(missing_ok=True)


def is_up(home: Path) -> bool:
    """Whether the emulator that the file names still runs; a killed one leaves the file behind."""
    from infra import processes

    address = read(home).get("AWS_ENDPOINT_URL", "")
    records = (home / "processes").glob("*.json")
    running = [processes.recorded(home, record.stem) for record in records]
    return any(each is not None and each.port == urlsplit(address).port for each in running)


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


def enter_cloud(home: Path) -> None:
    """Make sure that this process can talk to AWS. Raises NoPlace if it cannot.

    Only botocore knows profiles and SSO: what it finds is put where obstore and delta-rs look.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    address = os.environ.get("AWS_ENDPOINT_URL")
    if address and address == read(home).get("AWS_ENDPOINT_URL"):
        raise NoPlace("--cloud, but this shell is set to the local stack: unset AWS_ENDPOINT_URL")
    try:
        found = botocore.session.get_session().get_credentials()
        keys = found.get_frozen_credentials() if found else None
    except BotoCoreError as error:
        raise NoPlace("--cloud found no credentials for AWS: %(error)s", error=error) from error
    if keys is None:
        raise NoPlace(
            "--cloud found no credentials for AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    if found.method not in KNOWN_TO_ALL:
        os.environ["AWS_ACCESS_KEY_ID"] = keys.access_key
        os.environ["AWS_SECRET_ACCESS_KEY"] = keys.secret_key
        if keys.token:
            os.environ["AWS_SESSION_TOKEN"] = keys.token
