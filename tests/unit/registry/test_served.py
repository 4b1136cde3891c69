"""What served at a date, from the journal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.audit import right_dates
from satispy.errors import NotFound
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.registry.served import served
from satispy.storage import Store
from tests.unit.registry.test_pointer import production

ANNE = Actor(who="anne", via="cli")
DAY = timedelta(days=1)
FIRST = datetime(2026, 1, 2, tzinfo=UTC)


def test_each_family_and_the_default_model_are_told_as_they_were(tmp_path: Path) -> None:
    store = Store.folder(tmp_path)
    for day, (family, version) in enumerate([("gbc", 1), ("svm", 1), ("gbc", 2)]):
        since = FIRST + day * DAY
        made = production(version).model_copy(update={"since": since})
        pointer.promote(store, family, made, "better", ANNE)
    pointer.rollback(store, "gbc", FIRST + 3 * DAY, ANNE)
    pointer.let_answer(store, "svm", FIRST + 4 * DAY, "", ANNE)
    one, two = "satispy-gbc:v1", "satispy-gbc:v2"
    found = [served(store, FIRST + day * DAY + DAY / 2) for day in range(5)]
    assert [each.then.tags["gbc"] for each in found] == [one, one, two, one, one]
    assert [each.then.tags.get("svm") for each in found] == [None, one, one, one, one]
    assert [each.then.default_model for each in found] == [*["gbc"] * 4, "svm"]
    assert (found[3].kind, found[3].by) == ("rolled_back", ANNE)
    with pytest.raises(NotFound, match="nothing was promoted"):
        served(store, FIRST - DAY)


def test_dates_are_answered_over_many_promotions() -> None:
    assert right_dates(promotions=40, dates=60) == 60
