"""LocalStack's server on loopback, behind the gateway. Enable it with GATEWAY_SERVER=loopback.

LocalStack's own server drops the host of an IPv4 address, listens on every interface and takes any
key. Together with functions that run as processes of this user, the whole network, every other user
and every web page could then run code here.

GATEWAY_HOSTS, GATEWAY_KEY_ID, GATEWAY_SECRET and GATEWAY_OPEN (the path of the REST API) say who is
let in. Wants IN_MEMORY_CLIENT=1: LocalStack's calls to itself have no key.
"""

import os
import threading
from typing import Any

from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin

from infra.gateway.admission import Gateway
from infra.gateway.signatures import Key
from satispy.same_origin import Hosts

from . import quick_start, retained


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
        from twisted.internet import endpoints, reactor

        from .guarded_site import GuardedSite

        import_packages_api()
        quick_start.apply()
        retained.apply()

        class LoopbackServer(TwistedRuntimeServer):
            def register(self, gateway: Any, listen: list[Any], ssl_creds: Any = None) -> None:
                keep_open_paths_to_the_rest_api(gateway)
                for address in listen:
                    if not address.host.startswith("127."):
                        raise ListenError(f"GATEWAY_LISTEN must be on 127.0.0.1, not {address}")
                    endpoint = endpoints.TCP4ServerEndpoint(
                        reactor, address.port, interface=address.host
                    )
                    endpoint.listen(GuardedSite(gateway, guard(address.port)))

        return LoopbackServer()


def guard(port: int) -> Gateway:
    return Gateway(
        Hosts.of(os.environ["GATEWAY_HOSTS"], port),
        Key(os.environ["GATEWAY_KEY_ID"], os.environ["GATEWAY_SECRET"]),
        health="/_localstack/health",
        open_below=os.environ["GATEWAY_OPEN"],
    )


def keep_open_paths_to_the_rest_api(gateway: Any) -> None:
    """Answer 404 where LocalStack would go on to look for the service that a request may mean.

    While the REST API is not deployed, a form with `Action=` sent to its path, which takes no key,
    would be a request to IAM.
    """
    from localstack.aws import handlers

    def nothing_here(chain: Any, context: Any, response: Any) -> None:
        if context.request.path.startswith("/_aws/"):
            response.status_code = 404
            response.set_json({"message": "There is no such API, or not yet."})
            chain.stop()

    steps = gateway.request_handlers
    steps.insert(steps.index(handlers.parse_service_name), nothing_here)
