"""LocalStack's HTTP server with the gateway in front: what is refused never reaches LocalStack.

One parser reads each request, Twisted's, and both the gateway and LocalStack go by what it read:
there is nothing that two parsers could understand differently. A head is judged before its body is
kept, so strangers can fill neither memory nor disk.
"""

import hashlib
import io
import logging
import time
from typing import Any

from rolo.serving.twisted import (
    HeaderPreservingHTTPChannel,
    TwistedGateway,
    TwistedRequestAdapter,
)

from infra.gateway.admission import Admitted, Denied, Gateway, answer

LOG = logging.getLogger(__name__)

#: Of a refused body this much is read and thrown away: closing on a client that still sends resets
#: the connection, and it never learns why.
DISCARDED_LIMIT = 1_000_000


class GuardedRequest(TwistedRequestAdapter):
    # Twisted would parse forms, whole, in memory; LocalStack reads the body itself.
    _parsePOSTFormSubmission = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict: Admitted | Denied
        self.received = 0
        self.sha256: Any = None
        self.answered = False

    def gotLength(self, length: int | None) -> None:
        channel = self.channel
        self.method, self.uri = channel._command, channel._path
        self.clientproto = channel._version
        sent = [
            (name, value)
            for name, values in self.requestHeaders.getAllRawHeaders()
            for value in values
        ]
        self.verdict = channel.site.guard.judge(self.method, self.uri, sent, time.time())
        if isinstance(self.verdict, Admitted):
            if self.verdict.limit is not None and (length or 0) > self.verdict.limit:
                self.verdict = _too_large(self.verdict.limit)
            elif self.verdict.digest:
                self.sha256 = hashlib.sha256()
        if isinstance(self.verdict, Admitted):
            super().gotLength(length)
            return
        self.content = io.BytesIO()
        expects = self.requestHeaders.hasHeader(b"expect")
        self.requestHeaders.removeHeader(b"expect")  # else Twisted asks for the body
        if length != 0 and (expects or (length or 0) > DISCARDED_LIMIT):
            self._refuse_and_close()

    def handleContentChunk(self, data: bytes) -> None:
        self.received += len(data)
        if isinstance(self.verdict, Denied):
            if self.received > DISCARDED_LIMIT:
                self._refuse_and_close()
            return
        if self.verdict.limit is not None and self.received > self.verdict.limit:  # in chunks
            self.verdict = _too_large(self.verdict.limit)
            self.content.close()
            self.content = io.BytesIO()
            return
        if self.sha256 is not None:
            self.sha256.update(data)
        super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self.answered:
            return
        verdict = self.verdict
        if isinstance(verdict, Admitted):
            denied = verdict.after_body(self.sha256.hexdigest() if self.sha256 else "")
            if denied is None:
                super().requestReceived(command, path, version)
                return
            verdict = denied
        self._refuse(verdict)

    def write(self, data: bytes) -> None:
        if self.channel is None:  # the client hung up before the answer
            return
        if not self.startedWriting and isinstance(self.verdict, Admitted):
            self._protect(self.verdict)
        super().write(data)

    def _protect(self, admitted: Admitted) -> None:
        sent = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in self.responseHeaders.getAllRawHeaders()
        }
        for name, value in self.channel.site.guard.protection(admitted, sent).items():
            if value is None:
                self.responseHeaders.removeHeader(name)
            else:
                self.responseHeaders.setRawHeaders(name, [value])
                self.responseHeaders.rememberHeaderCasing(name.encode())

    def _refuse(self, denied: Denied) -> None:
        self.answered = True
        # Without the query: a presigned address is a secret.
        what = self.method[:20] + b" " + self.uri.split(b"?")[0][:100]
        LOG.warning("Refused: %s (%s)", denied.detail, ascii(what.decode("latin-1")))
        headers, body = answer(denied, self._sent())
        self.setResponseCode(denied.status)
        for name, value in headers.items():
            self.responseHeaders.setRawHeaders(name, [value])
        self.verdict = denied
        if self.method != b"HEAD":
            super().write(body)
        self.finish()

    def _refuse_and_close(self) -> None:
        if not self.answered:
            self.channel.persistent = False
            self.channel.deaf = True
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
            self._refuse(self.verdict)

    def _sent(self) -> dict[str, str]:
        return {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in self.requestHeaders.getAllRawHeaders()
        }


class GuardedChannel(HeaderPreservingHTTPChannel):
    """HTTP/1.1 alone, and none of the protocols that it can be upgraded to."""

    requestFactory = GuardedRequest
    deaf = False  # the request was answered before its end; the connection closes

    def lineReceived(self, line: bytes) -> None:
        if not self.deaf:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:
        if not self.deaf:
            super().rawDataReceived(data)


class GuardedSite(TwistedGateway):
    def __init__(self, gateway: Any, guard: Gateway) -> None:
        super().__init__(gateway)
        self.guard = guard
        self.requestFactory = GuardedRequest
        self.protocol = GuardedChannel

    def log(self, request: Any) -> None:
        """No access log: the query of a presigned address is a secret."""


def _too_large(limit: int) -> Denied:
    return Denied(413, "EntityTooLarge", f"The limit of this body is {limit // 1_000_000} MB.")
