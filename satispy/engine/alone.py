"""One function in a process of its own: python -m satispy.engine.alone FOLDER.

What draws from generators of the whole process, as Keras and wikipedia2vec do, is no more the same
each time once the threads of a Dask worker draw from them too; and what such libraries take of
memory, a worker would never give back.
"""

import ctypes
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from satispy.errors import SatispyError

Found = TypeVar("Found")

_PR_SET_PDEATHSIG = 1


def alone(function: Callable[..., Found], *arguments: Any) -> Found:
    """What it returns. The process ends with the one that waits for it, however that ends.

    Raises MemoryError where the system killed it, SatispyError with its last line where it failed.
    """
    with tempfile.TemporaryDirectory(prefix="satispy-alone-") as name:
        folder = Path(name)
        (folder / "asked").write_bytes(pickle.dumps((function, arguments)))
        command = [sys.executable, "-m", "satispy.engine.alone", name]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if done.returncode == -signal.SIGKILL:
            raise MemoryError(f"{function.__module__}.{function.__name__} was killed")
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            raise SatispyError(
                "%(module)s.%(name)s failed: %(last)s",
                module=function.__module__,
                name=function.__name__,
                last=last,
            )
        found: Found = pickle.loads((folder / "found").read_bytes())  # noqa: S301 - our own process wrote it
        return found


def main(folder: Path) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    function, arguments = pickle.loads((folder / "asked").read_bytes())  # noqa: S301 - as above
    (folder / "found").write_bytes(pickle.dumps(function(*arguments)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
