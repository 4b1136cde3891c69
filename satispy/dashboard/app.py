"""What `python -m satispy.dashboard` serves: runs once for each session."""

import panel as pn

from satispy.dashboard.session import is_of_before, reload, session, watched_memory

# Not in `session`: only a server may be started anew, no test that makes a page.
watched_memory()
# No extension of Panel's. Whoever does not say so gets those that are loaded: `panel serve` loads
# Tabulator, whose scripts every page would bring too.
pn.extension(apply_signatures=False)
if is_of_before():
    reload()
else:
    session().servable(title="satispy")
