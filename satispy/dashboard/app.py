"""`panel serve satispy/dashboard/app.py`: runs once for each session."""

from satispy.dashboard.session import session

session().servable(title="satispy")
