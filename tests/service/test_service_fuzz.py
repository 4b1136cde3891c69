"""schemathesis on the service's OpenAPI document; at length: `make bench NAME=service_fuzz`."""

from pathlib import Path

import pytest
from house import House
from test_server import serving

from tests.service.fuzzing import fuzz


@pytest.mark.e2e
def test_nothing_that_the_document_allows_or_forbids_breaks_the_service(
    house: House, tmp_path: Path
) -> None:
    house.train_and_promote_all()
    house.train_and_promote_aspects()
    with serving(house, tmp_path / "log") as url:
        said = fuzz(url, 8, tmp_path)
    assert said.returncode == 0, said.stdout[-4000:]
    assert "Traceback" not in (tmp_path / "log").read_text()
