"""What a select offers, which changes with what there is."""

from __future__ import annotations

from collections.abc import Mapping

import panel_material_ui as pmui

from satispy.locales.messages import _


def offer(select: pmui.Select, options: Mapping[str, str], value: str) -> None:
    """Label → value, and which of them is chosen; where there is nothing, the select says so."""
    if not options:  # a select without options draws its label through its border
        options, value = {_("rien à choisir"): ""}, ""
    if select.options == options and select.value == value:
        return
    same = select.value == value
    select.param.update(options=dict(options), value=value)
    if same:  # the browser knows a choice by its label, which is another one now
        select.param.trigger("value")
