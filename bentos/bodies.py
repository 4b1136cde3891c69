"""What a body of texts is before anybody reads it as JSON: UTF-8, whole characters, no mark."""

import codecs
import re

from starlette.responses import Response

from bentos.problems import problem

#: A pair of halves, one half alone, or any other escape: « \\ud83d » holds no half.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def in_json(body: bytes) -> bytes | Response:
    """The body without a byte order mark and without halves of emoji, which programs that cut texts
    by UTF-16 units leave; or what refuses it."""
    if not body.isascii():
        body = body.removeprefix(codecs.BOM_UTF8)
        try:
            body.decode()
        except UnicodeDecodeError as error:
            detail = f"The body is not UTF-8 (byte {error.start}): JSON has no other encoding."
            return problem(400, "not-utf-8", detail)
    if b"\\ud" in body or b"\\uD" in body:
        body = _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], body)
    return body
