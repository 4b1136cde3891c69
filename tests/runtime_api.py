"""The Runtime API that the stack's functions speak to, for who calls functions without a stack."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

SOURCE = Path(__file__).parents[1] / "infra/localstack/satispy_localstack/runtime_api.py"


def load() -> ModuleType:
    """The module: it is installed in LocalStack's environment only, and needs nothing of it."""
    spec = importlib.util.spec_from_file_location("runtime_api", SOURCE)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules["runtime_api"] = found
    spec.loader.exec_module(found)
    return found
