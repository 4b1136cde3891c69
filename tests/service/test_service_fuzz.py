"""schemathesis on the service's OpenAPI document; SERVICE_FUZZ=1700 makes more than 5,000 cases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import House
from test_server import serving

HERE = Path(__file__).parent


@pytest.mark.e2e
def test_nothing_that_the_document_allows_or_forbids_breaks_the_service(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()
    examples = os.environ.get("SERVICE_FUZZ", "8")
    with serving(house, tmp_path / "log") as url:
        command = [str(Path(sys.executable).with_name("schemathesis"))]
        command += ["--config-file", str(HERE / "schemathesis.toml"), "run", f"{url}/docs.json"]
        command += ["--max-examples", examples, "--checks", "all", "--continue-on-failure"]
        said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 0, said.stdout[-4000:]
    assert "Traceback" not in (tmp_path / "log").read_text()
