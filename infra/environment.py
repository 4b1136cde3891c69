"""How to reach a local stack that is up: a file of environment variables in its home."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from satispy.errors import NoPlace

# The developer's own cloud must not shine through.
FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")

# Where obstore and delta-rs find credentials by themselves, and renew them.
KNOWN_TO_ALL = ("env", "iam-role", "container-role", "assume-role-with-web-identity")


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
        raise NoPlace(f"--cloud found no credentials for AWS: {error}") from error
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
