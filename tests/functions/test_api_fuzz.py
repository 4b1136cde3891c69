"""The fuzzing of `make bench NAME=api_fuzz`, with fewer cases."""

import pytest

from benchmarks.api_fuzz import ROLES, fuzz
from satispy.storage import Store
from tests.functions.rest import Rest


@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_sent_no_answer_leaves_the_document_and_no_right_is_exceeded(role, tmp_path):
    sent, statuses, faults = fuzz(Rest(Store.folder(tmp_path)), role, cases=140, seed=3)
    assert faults == []
    assert sent >= 100
    assert not any(status >= 500 for status in statuses)
