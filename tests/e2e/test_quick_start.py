"""What LocalStack's start relies on: it falls back to the slow way without a word."""

import subprocess
from pathlib import Path

import pytest

from infra import parts
from satispy.settings import Settings

pytestmark = pytest.mark.e2e
ASK = """
from localstack.aws import spec
from satispy_localstack import quick_start
import botocore.session

quick_start.apply()
assert isinstance(spec.get_service_catalog().index, spec.ServiceCatalogIndex), "not the index"
one, other = (botocore.session.Session().get_data("endpoints") for _ in range(2))
assert one is other, "parsed twice"
"""


def test_set_up_has_made_the_index_and_tables_are_parsed_once(tmp_path: Path) -> None:
    environment = parts.localstack_environment(Settings(home=tmp_path), tmp_path)
    done = subprocess.run(
        [str(parts.LOCALSTACK_PYTHON), "-c", ASK], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
