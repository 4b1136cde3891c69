"""A mend of Panel 1.9: a page is let go once its visitor has left.

Each page follows `panel.state.busy`, which the whole process shares, by a watcher that nothing
takes back: so none was ever freed, every event of anybody changed every page there had been, and
each open one was sent two messages. Its bar showed nothing all the same: Panel sets and resets
`busy` within one step of the loop, before the browser hears of either.
"""

import panel_material_ui as pmui


def show_no_busy_bar(page: pmui.Page) -> None:
    """Touches what is private to Param: its lock says which version that is."""
    page.param._update_ref("busy", False)
