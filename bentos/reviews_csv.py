"""POST /predict/csv: the same CSV back, with columns added; read from disk, never held.

Whatever may be uploaded may be judged: the same code reads it (satispy/reviews/reading.py). A row
that it cannot read comes back empty, with the reason that the quarantine of an upload would give.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from bentos import media_type
from bentos.lineup import Answer, Predict
from bentos.problems import problem
from satispy.client.types import MAX_CHARACTERS
from satispy.errors import SatispyError, TooLarge, UploadRefused
from satispy.reviews.charsets import UnsureEncoding
from satispy.reviews.columns import SameName, UnknownHeader, choose_text
from satispy.reviews.layout import Layout
from satispy.reviews.lines import MAX_LINE, Line
from satispy.reviews.lines import read as read_lines
from satispy.reviews.reading import Row, Shape, records
from satispy.reviews.reasons import Fault
from satispy.reviews.said import Said
from satispy.reviews.survey import survey
from satispy.reviews.unpacking import Gunzip, is_gzip

JUDGED = ("satispy_label", "satispy_probability", "satispy_known_words", "satispy_model")
PROBLEM = "satispy_problem"
ADDED = (*JUDGED, PROBLEM)
UNREAD_ROWS = "Satispy-Unread-Rows"
ROWS_AT_ONCE = 256
#: Some 20 ms, as judging takes for its rows: texts are asked for meanwhile.
ROWS_LOOKED_AT = 2_000
#: A quote that is never closed makes the rest of the file one field: refuse before it is held.
MAX_FIELD = 1_000_000
#: Names that programs of other makes know our encodings by.
CHARSETS = {
    "cp1252": "windows-1252",
    "mac-roman": "macintosh",
    "cp850": "IBM850",
    "utf-32": "utf-32le",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
}


class CsvRefused(SatispyError):
    """The file cannot be answered row by row; the message says why."""


@dataclass(frozen=True)
class Inspected:
    """A file of which at least one row can be judged, or that has none."""

    layout: Layout
    unread: int  # rows that cannot be read


async def answer(
    request: Request,
    predict: Predict,
    column: str,
    limit: int,
    turns: asyncio.Semaphore,
    aspects: Sequence[str] = (),
) -> Response:
    """Everything that can be wrong is found before the answer begins, so it gets its 4xx.

    `aspects`: those that `predict` tells, which get a column each.
    Each piece of work takes one of the `turns`, and none is held while the client is waited for.
    """
    _, charset = media_type.parse(request.headers.get("content-type", ""))
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  closed by whoever ends the answer
    try:
        await _receive(request, file, limit)
        async with turns:
            file = await anyio.to_thread.run_sync(unpacked, file, limit)
        looking = inspect(file, charset or "", column, (*_judged(aspects), PROBLEM))
        found = None
        while found is None:
            async with turns:
                found = await anyio.to_thread.run_sync(next, looking)
    except TooLarge as error:
        file.close()
        return problem(413, "too-large", str(error), headers={"Connection": "close"})
    except CsvRefused as error:
        file.close()
        return problem(422, "csv", str(error))
    except TimeoutError:
        file.close()
        late = "The body came too slowly, or its place was needed for another one."
        return problem(408, "too-slow", late, headers={"Connection": "close"})
    except ClientDisconnect:
        file.close()
        return Response(status_code=400)  # nobody is there to read it
    return StreamingResponse(
        _stream(rows_with_predictions(file, found.layout, predict, aspects), file, turns),
        media_type=f"text/csv; charset={_charset(found.layout)}",
        headers={UNREAD_ROWS: str(found.unread)},
    )


async def _receive(request: Request, file: IO[bytes], limit: int) -> None:
    """Into the file. What is beyond the limit is read, for the client to come to the answer."""
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= limit:
            file.write(part)
    if size > limit:
        raise TooLarge("The limit of a CSV is %(limit)s MB.", limit=limit // 1000000)


async def _stream(
    blocks: Iterator[bytes], file: IO[bytes], turns: asyncio.Semaphore
) -> AsyncIterator[bytes]:
    try:
        while True:
            async with turns:
                block = await anyio.to_thread.run_sync(next, blocks, b"")
            if not block:
                return
            yield block
    finally:
        file.close()


def unpacked(file: IO[bytes], limit: int) -> IO[bytes]:
    """The file, out of its gzip if it is in one. Raises TooLarge, CsvRefused."""
    file.seek(0)
    if not is_gzip(file.read(2)):
        return file
    unpack, size = Gunzip(), 0
    out = TemporaryFile()  # noqa: SIM115  returned open
    try:
        for part in _parts(file):
            for piece in unpack.feed(part):
                size += len(piece)
                if size > limit:
                    raise TooLarge(
                        "The limit of a CSV is %(limit)s MB unpacked.", limit=limit // 1000000
                    )
                out.write(piece)
        unpack.finish()
    except (UploadRefused, TooLarge) as error:
        out.close()
        if isinstance(error, TooLarge):
            raise
        raise CsvRefused("This cannot be read: %(error)s.", error=error) from error
    file.close()
    return out


def _judged(aspects: Sequence[str]) -> tuple[str, ...]:
    return (*JUDGED, *(f"satispy_aspect_{name}" for name in aspects))


def inspect(
    file: IO[bytes], encoding: str, column: str, added: Sequence[str] = ADDED
) -> Iterator[Inspected | None]:
    """What the file is, once the whole of it has been looked at; None after each part before.

    Raises CsvRefused.
    """
    csv.field_size_limit(MAX_FIELD)
    try:
        looking = survey(
            lambda: _parts(file),
            Said(encoding=encoding),
            fields=lambda header, _: choose_text(header, column),
            every=ROWS_LOOKED_AT,
        )
        layout = None
        for layout in looking:
            if layout is None:
                yield None
        assert layout is not None  # noqa: S101  the last that a survey gives
        _refuse_columns_of_ours(layout.header, added)
        shape = Shape(layout)
        rows, unread, first = 0, 0, ""
        for number, record in enumerate(records(lambda: _parts(file), layout), 1):
            row = shape.row(record)
            if any(len(line.raw) >= MAX_LINE for line in record.lines):
                raise CsvRefused(
                    "There is a line longer than %(max_line)s MB.", max_line=MAX_LINE >> 20
                )
            rows += row is not None
            if row and row.broken:
                unread += 1
                first = first or f"Line {row.line} cannot be read: {row.broken[1]}."
            if number % ROWS_LOOKED_AT == 0:
                yield None
        if rows and rows == unread:
            raise CsvRefused(first)
    except UnknownHeader as error:
        shown = ", ".join(repr(name[:40]) for name in error.header[:20] if name) or "none"
        asked = f"no column {column!r}" if column else "none of the usual columns of texts"
        raise CsvRefused(
            "There is %(asked)s; the columns are %(shown)s. Name it: ?column=…",
            asked=asked,
            shown=shown,
        ) from error
    except SameName as error:
        raise CsvRefused(
            "%(count)s columns are called %(name)r: name one by its position, as in"
            " ?column=%%23%(at)s",
            count=len(error.positions),
            name=error.name,
            at=error.positions[0],
        ) from error
    except UnsureEncoding as error:
        raise CsvRefused(
            "The encoding is not certain: neither UTF-8 nor French in Windows, Mac or DOS letters."
            " Save the file as UTF-8, or say it: Content-Type: text/csv; charset=windows-1252"
        ) from error
    except UploadRefused as error:
        raise CsvRefused("This cannot be read: %(error)s.", error=error) from error
    yield Inspected(layout, unread)


def _refuse_columns_of_ours(header: Sequence[str], added: Sequence[str]) -> None:
    names = [name.strip().lower() for name in header]
    if taken := [name for name in added if name in names]:
        raise CsvRefused("The file has a column %(taken)s already.", taken=taken[0])


def rows_with_predictions(
    file: IO[bytes], layout: Layout, predict: Predict, aspects: Sequence[str] = ()
) -> Iterator[bytes]:
    """The file's own bytes, row by row, each with its prediction after it, or what is wrong."""
    judged = _judged(aspects)
    charset = layout.encoding.partition(",")[0]  # of the whole file: it is counted anew below
    block = io.BytesIO()
    waiting: list[tuple[Sequence[Line], int]] = []
    texts: list[str] = []

    def judge() -> bytes:
        answers = predict(texts) if texts else []
        for (lines, missing), answer in zip(waiting, answers, strict=True):
            added = (
                answer["label"],
                f"{answer['probability']:.6f}",
                str(answer["known_words"]),
                answer["tag"],
                *_told(answer, aspects),
                "",
            )
            block.write(_with(lines, ["" for _ in range(missing)] + [*added], layout))
        waiting.clear()
        texts.clear()
        written = block.getvalue()
        block.seek(0)
        block.truncate()
        return written

    source = read_lines(_parts(file), layout.writing)
    above = list(islice(source, layout.above))
    header = list(islice(source, layout.header_lines))
    block.write(b"".join(line.raw for line in above))
    block.write(_with(header, ["" for _ in range(layout.surplus)] + [*judged, PROBLEM], layout))
    shape = Shape(layout)
    for record in records(lambda: _parts(file), layout):
        row = shape.row(record)
        if row is None or row.broken:
            if waiting:
                yield judge()
            # An empty line stays one, a header that comes again too.
            as_it_is = b"".join(line.raw for line in record.lines)
            block.write(_unread(row, layout, charset, len(judged)) if row else as_it_is)
            continue
        missing = row.missing + (layout.surplus if row.missing else 0)
        waiting.append((record.lines, missing))
        texts.append(layout.values(row.cells)["comment"][:MAX_CHARACTERS])
        if len(texts) == ROWS_AT_ONCE:
            yield judge()
    if last := judge():
        yield last


def _with(lines: Sequence[Line], cells: Sequence[str], layout: Layout) -> bytes:
    """These lines as they came, with more cells at their end."""
    raw = b"".join(line.raw for line in lines)
    text = lines[-1].text if lines else ""
    end = text[len(text.rstrip("\r\n")) :]
    codec = _wide(raw, layout) or "ascii"
    body = raw[: len(raw) - len(end.encode(codec))]
    added = "".join(f"{layout.separator}{cell}" for cell in cells)
    return body + (added + (end or _usual_end(layout))).encode(codec)


def _told(answer: Answer, aspects: Sequence[str]) -> list[str]:
    """Which way the text speaks of each of these; nothing where it does not."""
    said = {each.aspect: each.label for each in answer["aspects"] or ()}
    return [said.get(name, "") for name in aspects]


def _unread(row: Row, layout: Layout, charset: str, judged: int) -> bytes:
    """A row with nothing but what is wrong, for one whose cells cannot be told apart."""
    assert row.broken  # noqa: S101  for the type checker
    said = f"line {row.line}: {Fault(*row.broken).in_both_languages()}"
    # Where quotes mean nothing, cells cannot hold the separator.
    if layout.literal:
        said = said.replace(layout.separator, " ")
    else:
        said = '"' + said.replace('"', '""') + '"'
    empty = [""] * (len(layout.header) + layout.surplus + judged)
    line = layout.separator.join([*empty, said]) + _usual_end(layout)
    return line.encode(_wide(row.raw, layout) or charset, "replace")


def _wide(raw: bytes, layout: Layout) -> str | None:
    """The encoding of these bytes, if it is one of two or four bytes a character."""
    if layout.writing.wide and b"\0" in raw:
        return "utf-32-le" if layout.writing.wide == "utf-32" else layout.writing.wide
    return None


def _usual_end(layout: Layout) -> str:
    return "\r\n" if layout.crlf else "\r" if layout.writing.cr else "\n"


def _charset(layout: Layout) -> str:
    name = layout.encoding.partition(",")[0]
    return CHARSETS.get(name, name)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """The file from its beginning. Two may read it in turns: each goes on where it was."""
    at = 0
    while True:
        file.seek(at)
        part = file.read(1 << 20)
        if not part:
            return
        at += len(part)
        yield part
