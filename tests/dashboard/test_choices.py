"""Selects whose options change while somebody looks at them."""

import panel_material_ui as pmui

from satispy.dashboard.choices import offer


def test_what_is_chosen_is_shown_under_its_new_label() -> None:
    select = pmui.Select(label="Modèle", options={"GBC": "g", "SVM": "s"}, value="g")
    browser = select.get_root().data  # knows options by their labels
    offer(select, {"GBC · 92 % · en service": "g", "SVM": "s"}, "g")
    assert browser.options == ["GBC · 92 % · en service", "SVM"]
    assert browser.value == "GBC · 92 % · en service"


def test_a_select_that_has_nothing_to_offer_says_so() -> None:
    select = pmui.Select(label="Entraînement en cours", options={"v00001": "v00001"})
    browser = select.get_root().data
    offer(select, {}, "")
    assert (browser.options, browser.value) == (["rien à choisir"], "rien à choisir")
    assert select.value == ""
    offer(select, {"v00002": "v00002"}, "v00002")
    assert (browser.options, browser.value) == (["v00002"], "v00002")
