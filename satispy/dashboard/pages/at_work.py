"""What every form that does something slow has to say of itself."""

import param

from satispy.errors import SatispyError


class AtWork(param.Parameterized):
    """State of a form: whether it is at work, and what went wrong the last time."""

    busy: param.Boolean[bool] = param.Boolean(default=False)
    trouble: param.ClassSelector[SatispyError | None] = param.ClassSelector(
        class_=SatispyError, default=None
    )
