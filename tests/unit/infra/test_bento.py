"""What `bentoml build` packs."""

from fnmatch import fnmatch
from pathlib import Path

import grimp
import yaml

ROOT = Path(__file__).parents[3]


def test_the_bento_holds_all_that_the_service_imports() -> None:
    include = yaml.safe_load((ROOT / "bentofile.yaml").read_text())["include"]
    graph = grimp.build_graph("bentos", "satispy")
    imported = {"bentos.service"} | graph.find_upstream_modules("bentos.service")
    files = []
    for module in imported:
        path = Path(*module.split("."))
        package = (ROOT / path).is_dir()
        files.append((path / "__init__.py" if package else path.with_suffix(".py")).as_posix())
    assert "satispy/registry/store.py" in files
    assert [file for file in files if not any(fnmatch(file, glob) for glob in include)] == []
