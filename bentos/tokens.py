"""Bearer tokens: several, stored as hashes, revocable while the service runs."""

import hashlib
import logging
import time
from pathlib import Path

logger = logging.getLogger("bentoml.satispy")

#: How long a revoked token may still pass.
SECONDS_BETWEEN_LOOKS = 1.0


class Tokens:
    """A file of lines `name sha256-of-the-token`; `#` begins a comment.

    Tokens are random and long (`satispy tokens add` makes them): a plain SHA-256 is enough, there
    is no dictionary to try. No file: no token is required, and the gate answers loopback only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._looked = 0.0
        self._modified: int | None = None
        self._names: dict[str, str] = {}

    @property
    def required(self) -> bool:
        return self._path is not None

    def knows(self, authorization: bytes) -> bool:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            return False
        self._refresh()
        # A look-up by hash: its timing tells nothing about the token.
        return hashlib.sha256(token.strip()).hexdigest() in self._names

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._path is None or (self._looked and now - self._looked < SECONDS_BETWEEN_LOOKS):
            return
        self._looked = now
        try:
            modified = self._path.stat().st_mtime_ns
            if modified == self._modified:
                return
            self._names = read(self._path)
            self._modified = modified
        except OSError as error:
            # Closed rather than open: without its file, nobody is known.
            logger.error("Cannot read the tokens of %s: %s", self._path, error)
            self._names, self._modified = {}, None


def read(path: Path) -> dict[str, str]:
    """Name by hash. A line that is not one is ignored and logged."""
    names = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        if len(fields) == 2 and len(fields[1]) == 64:
            names[fields[1].lower()] = fields[0]
        else:
            logger.error("%s, line %d: not `name sha256`; ignored", path, number)
    return names
