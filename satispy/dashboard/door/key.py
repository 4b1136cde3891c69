"""What signs the app's cookies and the tokens of its pages: a setting, or a file of the home."""

import hashlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from satispy.errors import SatispyError
from satispy.settings import Settings

_LEAST: Final = 32
_FILE: Final = "app-key"


def signing_key(settings: Settings) -> str:
    """Raises SatispyError where there is no place for one, or others can read it."""
    if settings.app_secret:
        if len(settings.app_secret) < _LEAST:
            raise SatispyError(
                "SATISPY_APP_SECRET has fewer than %(least)s characters", least=_LEAST
            )
        return settings.app_secret
    if not settings.home.is_dir():
        raise SatispyError(
            "Nothing signs the app's cookies: set SATISPY_APP_SECRET to %(least)s "
            "random characters or more, or SATISPY_HOME to the folder of a stack "
            "(%(home)s is not there)",
            least=_LEAST,
            home=settings.home,
        )
    return _kept(settings.home / _FILE)


def derived(key: str, use: str) -> str:
    """A key for another use, from which nobody comes back to this one."""
    return hashlib.sha256(f"{use}\0{key}".encode()).hexdigest()


def _kept(path: Path) -> str:
    # Made whole and linked into place: two servers that start at once agree on one.
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    seen = path.stat()
    if seen.st_uid != os.geteuid() or seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SatispyError(
            "Others can read %(path)s: remove it, and start the app again", path=path
        )
    return path.read_text().strip()
