"""What `python -m satispy.dashboard` serves: runs once for each session."""

from satispy.dashboard.session import session, watched_memory

# Not in `session`: only a server may be started anew, no test that makes a page.
watched_memory()
session().servable(title="satispy")
