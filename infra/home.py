"""The folder that a stack keeps everything in (`.satispy/`): for its user alone."""

import os
import stat
from pathlib import Path

from satispy.errors import StackError

#: Of every process of the stack: what it writes, others neither read nor list.
UMASK = 0o077
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make(home: Path) -> bool:
    """Make the home, or close it to others; answers whether others could read it until now.

    Raises StackError if it is somebody else's: they could read and change whatever is kept there.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise StackError(
            "%(home)s belongs to another user (number %(owner)s), who can change what"
            " is kept there. Choose a folder of your own: SATISPY_HOME",
            home=home,
            owner=owner,
        )
    if not is_open(home):
        return False
    home.chmod(0o700)  # first: from here on nobody comes in
    for folder, names, files in os.walk(home):
        for name in (*names, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
    return True


def is_open(home: Path) -> bool:
    """Whether others may enter it, list it or write in it."""
    return bool(home.stat().st_mode & _OTHERS)
