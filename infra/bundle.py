"""The source that runs in functions, and nothing else of satispy. Needs no third-party library.

python -m infra.bundle FOLDER     copies it there (`sam build`); `satispy up` zips it.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("functions", "satispy")
# What people use at their own machine stays there.
LEFT_OUT = ("satispy/dashboard/", "satispy/demo/", "satispy/cli/", "satispy/client/")


def source_files(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Each file with its name in the bundle, sorted."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and "__pycache__" not in path.parts and not name.startswith(LEFT_OUT):
                yield name, path


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, path in source_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
