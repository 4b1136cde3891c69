"""What is published about the rules of a row is what the code holds."""

import json
from pathlib import Path

from satispy.reviews.document import markdown
from satispy.reviews.schema import row_schema

DOCS = Path(__file__).parents[3] / "docs"


def test_the_published_json_schema_is_current():
    assert json.loads((DOCS / "review.schema.json").read_text()) == row_schema()


def test_the_published_description_of_the_csv_is_current():
    assert (DOCS / "csv.md").read_text() == markdown()


def test_the_decisions_it_points_to_are_there():
    assert (DOCS / "decisions/0020-identity-of-a-review.md").exists()
