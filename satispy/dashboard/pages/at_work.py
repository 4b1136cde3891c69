"""What every form that does something slow has to say of itself."""

import param

from satispy.dashboard.door.permits import not_done
from satispy.dashboard.render import notice
from satispy.errors import SatispyError
from satispy.locales.messages import _


class AtWork(param.Parameterized):
    """State of a form: whether it is at work, and what went wrong the last time."""

    busy: param.Boolean[bool] = param.Boolean(default=False)
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )


class Typed(AtWork):
    """State of a form that is filled in: what is missing in it, and what was done last."""

    fault: param.String[str] = param.String(default="")
    done: param.String[str] = param.String(default="")


def said(state: Typed, failed: str) -> str:
    """The notice of how it ended, under this title where it `failed`, or of what is missing."""
    if state.trouble:
        return not_done(state.trouble, failed)
    if state.fault:
        return notice("warning", _("À compléter : %(fault)s", fault=state.fault))
    return notice("success", state.done) if state.done else ""
