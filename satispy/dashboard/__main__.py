"""`python -m satispy.dashboard --port …`: `panel serve` of the app, behind our policy and door."""

import argparse
import sys
from pathlib import Path
from typing import Any

from panel.command.serve import Serve
from panel.config import config
from tornado.httpserver import HTTPServer

from satispy.alerts import telling
from satispy.dashboard import static_files
from satispy.dashboard.door import pages
from satispy.dashboard.door.key import derived, signing_key
from satispy.dashboard.door.language import HERE
from satispy.dashboard.door.provider import Door
from satispy.dashboard.guarded import GuardedServer
from satispy.errors import SatispyError
from satispy.settings import Settings
from satispy.storage import Store

#: What strangers may send: a form with a password. Files come in parts (`door/sending.py`).
MOST_BYTES = 64 << 10


class ServeBehindDoor(Serve):
    def customize_applications(self, args: argparse.Namespace, applications: Any) -> Any:
        found = super().customize_applications(args, applications)
        for application in found.values():
            application.add(pages.NamesVisit())
        return found

    def customize_kwargs(self, args: argparse.Namespace, server_kwargs: dict[str, Any]) -> Any:
        # Panel puts one provider in front, and ours is: theirs would be believed and never asked.
        if args.oauth_provider or args.basic_auth or config.oauth_provider or config.basic_auth:
            raise SatispyError(
                "the app signs people in by itself, and would not ask --oauth-provider or"
                " --basic-auth: docs/security.md says how a provider stands in front of it"
            )
        settings = Settings()
        key = signing_key(settings)
        config.cookie_secret = key
        kwargs = super().customize_kwargs(args, server_kwargs)
        return kwargs | {
            "auth_provider": Door(),
            "cookie_secret": key,
            "xsrf_cookies": True,
            "xsrf_cookie_kwargs": {"httponly": True, "samesite": "Strict", "path": HERE},
            # Bokeh's own: the token in each page, which names its session.
            "sign_sessions": True,
            "secret_key": derived(key, "pages").encode(),
            "include_cookies": [],  # a page's scripts could read them in its token
            "include_headers": ["Host", "Accept-Language", "User-Agent"],
            "prefix": settings.app_prefix,
            "use_xheaders": settings.behind_proxy,
            "http_server_kwargs": {"max_body_size": MOST_BYTES},
        }


def main() -> None:
    HTTPServer.configure(GuardedServer)
    pages.replace_bokehs()
    static_files.replace_bokehs()
    parser = argparse.ArgumentParser("python -m satispy.dashboard")
    serve = ServeBehindDoor(parser)
    app = Path(__file__).with_name("app.py")
    settings = Settings()
    if settings.endpoint_url:  # in AWS a function does it
        telling.go_on(telling.Lookout(settings, Store.bucket(settings)))
    try:
        serve.invoke(parser.parse_args([str(app), *sys.argv[1:]]))
    except SatispyError as error:
        sys.exit(f"satispy: {error}")


if __name__ == "__main__":
    main()
