"""What a change of a component costs, and that what it brings ends with the session."""

import panel_material_ui as pmui
import pytest
from bokeh.document import Document
from bokeh.model import Model

from satispy.dashboard.references import has_models, walk_new_models_only


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every time that a model's subtree is looked through."""
    walk_new_models_only()
    seen: list[object] = []
    select = Model.select
    monkeypatch.setattr(Model, "select", lambda self, what: seen.append(what) or select(self, what))
    return seen


def test_a_change_of_a_word_walks_nothing(walks: list[object]) -> None:
    button = pmui.Button(label="before")
    column = pmui.Column(button)
    root = column.get_root(Document())
    walks.clear()
    button.label = "after"
    column.margin = 3
    assert button._models[root.ref["id"]][0].data.label == "after"
    assert walks == []


def test_a_component_that_is_added_later_is_tagged_with_its_page(walks: list[object]) -> None:
    column = pmui.Column()
    ref = column.get_root(Document()).ref["id"]
    walks.clear()
    column.append(added := pmui.Button(label="new"))
    assert f"__ref:{ref}" in added._models[ref][0].data.tags
    assert walks


def test_models_are_found_in_lists_and_mappings() -> None:
    assert has_models({"objects": [1, [Document().add_root(model := Model()) or model]]})
    assert not has_models({"label": "a", "options": ["a", "b"], "data": b"ab"})
