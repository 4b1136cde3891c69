"""List the benchmarks, or run one: python -m benchmarks [NAME] [--json FILE]."""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

import benchmarks


def names() -> list[str]:
    found = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(module.name for module in found if not module.name.startswith("_"))


def first_line(name: str) -> str:
    source = (Path(benchmarks.__path__[0]) / f"{name}.py").read_text()
    return source.partition('"""')[2].splitlines()[0].removesuffix('"""')


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    if options.name is None:
        print("make bench NAME=… [JSON=file]\n")
        for name in names():
            print(f"  {name:16} {first_line(name)}")
        return 0
    if options.name not in names():
        print(f"There is no benchmark {options.name!r}; there are: {', '.join(names())}")
        return 2
    figures = importlib.import_module(f"benchmarks.{options.name}").run()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
