"""`python -m satispy.dashboard --port …`: `panel serve` of the app, behind our policy."""

import sys
from pathlib import Path

from panel.command import main
from tornado.httpserver import HTTPServer

from satispy.dashboard.guarded import GuardedServer

if __name__ == "__main__":
    HTTPServer.configure(GuardedServer)
    sys.argv = ["panel", "serve", str(Path(__file__).with_name("app.py")), *sys.argv[1:]]
    main()
