"""Parts of the test rows and shifts, in an order to read them in."""

from made_up_reports import make_report

from satispy.dashboard.parts import parts, shifted
from satispy.reports.schema import Slice


def slice_of(by: str, value: str, rows: int = 10) -> Slice:
    return Slice(by=by, value=value, rows=rows, accuracy=0.9, f1_0=0.8, f1_1=0.9)


def test_parts_stand_by_kind_and_then_by_number() -> None:
    models = make_report(1).models
    gbc = models["gbc"].model_copy(
        update={"slices": [slice_of("length", "16-50 words"), slice_of("length", "6-15 words")]}
    )
    svm = models["svm"].model_copy(
        update={"slices": [slice_of("stars", "1"), slice_of("length", "6-15 words")]}
    )
    found = parts([gbc, svm])
    assert [(one.by, one.value) for one in found] == [
        ("length", "6-15 words"),
        ("length", "16-50 words"),
        ("stars", "1"),
    ]
    assert list(found[0].scores) == ["gbc", "svm"]
    assert list(found[1].scores) == ["gbc"]


def test_a_value_that_came_or_went_is_shown() -> None:
    (new, old) = sorted(shifted({"A": 1.0}, {"B": 1.0}), key=lambda one: one.before)
    assert (new.name, new.before, new.after) == ("B", 0.0, 1.0)
    assert (old.name, old.before, old.after) == ("A", 1.0, 0.0)


def test_of_many_values_those_that_moved_most_are_shown() -> None:
    before = {str(n): 0.05 for n in range(20)}
    after = {**before, "3": 0.5, "12": 0.4}
    shown = [one.name for one in shifted(before, after)]
    assert len(shown) == 6
    assert {"3", "12"} <= set(shown)
    assert shown == sorted(shown, key=int)
