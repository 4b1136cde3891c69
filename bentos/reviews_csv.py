"""POST /predict/csv: the same CSV back, with columns added; read twice from disk, never held."""

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from bentos import media_type
from bentos.problems import problem
from satispy.client.types import MAX_CHARACTERS, Prediction
from satispy.errors import SatispyError, TooLarge

if TYPE_CHECKING:
    from _csv import Reader

ADDED = ("satispy_label", "satispy_probability", "satispy_known_words", "satispy_model")
#: Names under which reviews stand in CSVs, if the request names no column.
USUAL_COLUMNS = ("commentaire", "comment", "text", "texte", "review", "avis")
SEPARATORS = ",;\t|"
ROWS_AT_ONCE = 256
#: Some 20 ms, as judging takes for its rows: texts are asked for meanwhile.
ROWS_LOOKED_AT = 10_000
#: A quote that is never closed makes the rest of the file one field: refuse before it is held.
MAX_FIELD = 1_000_000

Predict = Callable[[Sequence[str]], list[Prediction]]


class CsvRefused(SatispyError):
    """The file cannot be answered row by row; the message says why."""


@dataclass(frozen=True)
class Layout:
    """How to read the file, found in its header."""

    encoding: str
    separator: str
    columns: int
    text: int


async def answer(
    request: Request, predict: Predict, column: str, limit: int, turns: asyncio.Semaphore
) -> Response:
    """Everything that can be wrong is found before the answer begins, so it gets its 4xx.

    Each piece of work takes one of the `turns`, and none is held while the client is waited for.
    """
    _, charset = media_type.parse(request.headers.get("content-type", ""))
    file = TemporaryFile()  # noqa: SIM115  closed by whoever ends the answer
    try:
        await _receive(request, file, limit)
        looking = inspect(file, charset or "utf-8", column)
        layout = None
        while layout is None:
            async with turns:
                layout = await anyio.to_thread.run_sync(next, looking)
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
    blocks = rows_with_predictions(file, layout, predict)
    return StreamingResponse(
        _stream(blocks, file, turns), media_type=f"text/csv; charset={layout.encoding}"
    )


async def _receive(request: Request, file: IO[bytes], limit: int) -> None:
    """Into the file. What is beyond the limit is read, for the client to come to the answer."""
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= limit:
            file.write(part)
    if size > limit:
        raise TooLarge(f"The limit of a CSV is {limit // 1_000_000} MB.")


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


def inspect(file: IO[bytes], encoding: str, column: str) -> Iterator[Layout | None]:
    """The layout, once the whole file has been seen to be readable; None after each part before.

    Raises CsvRefused.
    """
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:
        raise CsvRefused(f"{encoding!r} is no known charset.") from error
    if codec not in ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"):
        raise CsvRefused(f"Send UTF-8, ISO-8859-1/-15 or windows-1252, not {codec}.")
    reader = None
    try:
        lines = _lines(file, codec)
        first = next(lines, "")
        separator = max(SEPARATORS, key=first.count)
        header = next(csv.reader([first], delimiter=separator, strict=True), [])
        layout = Layout(codec, separator, len(header), _column(header, column))
        reader = _records(lines, separator)
        for number, row in enumerate(reader, 1):
            if len(row) > layout.columns:
                raise CsvRefused(
                    f"Line {reader.line_num + 1} has {len(row)} fields, "
                    f"the header has {layout.columns}."
                )
            if number % ROWS_LOOKED_AT == 0:
                yield None
    except UnicodeDecodeError as error:
        raise CsvRefused(
            f"This is not {codec} ({error.reason}): say the charset in the Content-Type, "
            "such as text/csv; charset=windows-1252."
        ) from error
    except csv.Error as error:
        line = reader.line_num + 1 if reader else 1
        raise CsvRefused(f"Line {line} cannot be read: {error}.") from error
    yield layout


def _column(header: Sequence[str], wanted: str) -> int:
    names = [name.strip().lower() for name in header]
    if taken := [name for name in ADDED if name in names]:
        raise CsvRefused(f"The file has a column {taken[0]} already.")
    for name in [wanted.strip().lower()] if wanted else USUAL_COLUMNS:
        if name in names:
            return names.index(name)
    shown = ", ".join(repr(name[:40]) for name in header[:20]) or "none"
    asked = f"no column {wanted!r}" if wanted else "none of the usual columns of texts"
    raise CsvRefused(f"There is {asked}; the columns are {shown}. Name it: ?column=…")


def rows_with_predictions(file: IO[bytes], layout: Layout, predict: Predict) -> Iterator[bytes]:
    """The file's own bytes, row by row, each with its prediction after it."""
    consumed: list[str] = []

    def remembered() -> Iterator[str]:
        for line in _lines(file, layout.encoding):
            consumed.append(line)
            yield line

    def record() -> tuple[str, str]:
        """What stood in the file for the last row, and how it ended."""
        raw = "".join(consumed)
        consumed.clear()
        body = raw.rstrip("\r\n")
        return body, raw[len(body) :] or "\n"

    yield_bom = layout.encoding == "utf-8" and _has_bom(file)
    rows = _records(remembered(), layout.separator)
    next(rows)
    body, end = record()
    block = io.StringIO()
    block.write(f"{chr(0xFEFF) if yield_bom else ''}{body}")
    block.write("".join(f"{layout.separator}{name}" for name in ADDED) + end)
    waiting: list[tuple[str, str, int]] = []
    texts: list[str] = []

    def judge() -> bytes:
        answers = predict(texts) if texts else []
        for (body, end, missing), answer in zip(waiting, answers, strict=True):
            added = (
                answer.label,
                f"{answer.probability:.6f}",
                str(answer.known_words),
                answer.tag,
            )
            block.write(body + layout.separator * missing)
            block.write("".join(f"{layout.separator}{value}" for value in added) + end)
        waiting.clear()
        texts.clear()
        written = block.getvalue()
        block.seek(0)
        block.truncate()
        return written.encode(layout.encoding)

    for row in rows:
        body, end = record()
        if not row:  # an empty line stays one
            if waiting:
                yield judge()
            block.write(body + end)
            continue
        waiting.append((body, end, layout.columns - len(row)))
        texts.append(row[layout.text][:MAX_CHARACTERS] if layout.text < len(row) else "")
        if len(texts) == ROWS_AT_ONCE:
            yield judge()
    if last := judge():
        yield last


def _records(lines: Iterator[str], separator: str) -> "Reader":
    csv.field_size_limit(MAX_FIELD)
    return csv.reader(lines, delimiter=separator, strict=True)


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines as they stand, `\\r` inside them included, without the byte order mark."""
    file.seek(len(codecs.BOM_UTF8) if encoding == "utf-8" and _has_bom(file) else 0)
    decode = codecs.getincrementaldecoder(encoding)().decode
    while raw := file.readline(MAX_FIELD):
        if len(raw) == MAX_FIELD:
            raise CsvRefused(f"There is a line longer than {MAX_FIELD // 1_000_000} MB.")
        yield decode(raw)
    decode(b"", True)


def _has_bom(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(3) == codecs.BOM_UTF8
