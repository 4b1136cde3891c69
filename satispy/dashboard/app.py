"""What `python -m satispy.dashboard` serves: runs once for each session."""

from satispy.dashboard.session import TITLE, is_of_before, reload, session, watched_memory

# Not in `session`: only a server may be started anew, no test that makes a page.
watched_memory()
if is_of_before():
    reload()
else:
    session().servable(title=TITLE)
