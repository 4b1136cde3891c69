"""Who types: the user of this machine, as the journal names them."""

import getpass
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from satispy.journal import Actor


def me() -> "Actor":
    from satispy.journal import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        name = f"uid {os.getuid()}"
    return Actor(who=name, via="cli")
