"""A gateway that listens only where GATEWAY_LISTEN says. Enable it with GATEWAY_SERVER=loopback.

LocalStack's own server drops the host of an IPv4 address and listens on every interface. Together
with functions that run as processes of this user, the whole network could then run code here.
"""

import threading
from typing import Any

from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin


class ListenError(Exception):
    """GATEWAY_LISTEN names an address that other machines can reach."""


def import_packages_api() -> None:
    """Import the one module of LocalStack 4.13 that Python before 3.13 cannot.

    It annotates an argument with `Lock | None`, and there `threading.Lock` is a function.
    """
    lock = threading.Lock
    threading.Lock = type(lock())
    try:
        import localstack.packages.api  # noqa: F401  # imported for its side effect: being importable later
    finally:
        threading.Lock = lock


class LoopbackServerPlugin(RuntimeServerPlugin):
    name = "loopback"

    def load(self, *args: Any, **kwargs: Any) -> RuntimeServer:
        # Imported late: the reactor must not be installed while plugins are only being listed.
        from localstack.runtime.server.twisted import TwistedRuntimeServer
        from rolo.serving.twisted import TwistedGateway
        from twisted.internet import endpoints, reactor

        import_packages_api()

        class LoopbackServer(TwistedRuntimeServer):
            def register(self, gateway: Any, listen: list[Any], ssl_creds: Any = None) -> None:
                site = TwistedGateway(gateway)
                for address in listen:
                    if not address.host.startswith("127."):
                        raise ListenError(f"GATEWAY_LISTEN must be on 127.0.0.1, not {address}")
                    endpoint = endpoints.TCP4ServerEndpoint(
                        reactor, address.port, interface=address.host
                    )
                    endpoint.listen(site)

        return LoopbackServer()
