"""Rejected rows, kept as a CSV that a person can mend and upload again."""

import csv
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from satispy.reviews.formulas import restored, safe
from satispy.reviews.layout import LINE, RAW, REASON, UPLOAD, Layout
from satispy.reviews.masking import mask
from satispy.reviews.personal import Treatment, mask_cell, treatments
from satispy.reviews.reading import Row
from satispy.reviews.reasons import Fault
from satispy.reviews.receipts import Reason
from satispy.reviews.schema import EXPORTED
from satispy.storage import Store

#: A cell longer than this is cut: what makes it that long is no comment.
MAX_CELL: Final = 100_000
SHOWN_LINES: Final = 5
SHIFTED: Final = "its cells are shifted: the satispy_ columns are not where they belong"
#: The comment is empty and all else is well.
NO_WORDS: Final = "comment_empty"
#: « upload@put », or a post of the inbox.
_NAMES_A_ROW = re.compile(r".+@[0-9a-f]{12}|inbox/.+", re.DOTALL)


class Quarantine:
    """Gathers the rejected rows of one upload in a temporary file, then stores them at once."""

    def __init__(self, upload: str, layout: Layout, *, masked: bool) -> None:
        self._upload = upload
        self._layout = layout
        self._masked = masked
        self._reasons: dict[str, Reason] = {}
        self._added = (UPLOAD, LINE, REASON, RAW)
        self._treated = self._treatments()
        # The columns of the first rejection stay when a mended row is rejected once more.
        self._kept = [
            i
            for i, name in enumerate(layout.header)
            if name not in self._added and self._treated[i] is not Treatment.DROPPED
        ]
        # Not a context manager of its own: this class is one.
        self._folder = tempfile.TemporaryDirectory(prefix="satispy-quarantine-")
        self._path = Path(self._folder.name) / "quarantine.csv"
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        # As the upload was separated, so that the same program opens it in columns.
        self._writer = csv.writer(self._file, delimiter=layout.separator)
        names = (layout.header[i] for i in self._kept)
        self._writer.writerow([*map(safe, names), *self._added])
        self.count = 0
        self.to_mend = 0  # those that are in the file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._folder.cleanup()

    def add(self, row: Row, faults: Sequence[Fault]) -> None:
        """Reject a row for these faults; the receipt counts the first.

        A rating without words has no fault that somebody could mend: it is counted, no more.
        """
        self.count += 1
        first = faults[0]
        reason = self._reasons.setdefault(
            first.code,
            Reason(
                code=first.code,
                message=first.message,
                count=0,
                lines=[],
                example=mask(first.example) if self._masked else first.example,
                accepted=first.accepted,
            ),
        )
        reason.count += 1
        if len(reason.lines) < SHOWN_LINES:
            reason.lines.append(row.line)
        if is_without_words(faults):
            return
        self.to_mend += 1
        cells = [""] * len(self._layout.header) if row.broken else row.cells
        raw = row.cells[0].rstrip("\r\n") if row.broken else ""
        upload, line = origin(row, self._layout) or (self._upload, str(row.line))
        self._writer.writerow(
            map(
                safe,
                (
                    *(self._shown(cells[i], self._treated[i]) for i in self._kept),
                    upload,
                    line,
                    " + ".join(fault.in_both_languages() for fault in faults),
                    self._shown(raw),
                ),
            )
        )

    def reasons(self) -> list[Reason]:
        return sorted(self._reasons.values(), key=lambda reason: -reason.count)

    def save(self, store: Store, key: str) -> None:
        self._file.close()
        store.write(key, self._path)

    def _treatments(self) -> list[Treatment | None]:
        """How each column is masked; None: as a comment is."""
        treated = treatments(self._layout)
        others = {index: treated[name] for name, index in self._layout.extra.items()}
        said_in = self._layout.columns["comment"]
        return [
            None
            if index == said_in
            else others[index]
            if self._masked and index in others
            else Treatment.TEXT
            for index in range(len(self._layout.header))
        ]

    def _shown(self, cell: str, how: Treatment | None = None) -> str:
        if not cell:  # as most cells of a broken row are
            return ""
        text = cell if len(cell) <= MAX_CELL else cell[:MAX_CELL] + "…"
        if not self._masked:
            return text
        return mask_cell(text, how) if how else mask(text)


def is_without_words(faults: Sequence[Fault]) -> bool:
    """Whether a row is a rating to which nobody wrote anything."""
    return [fault.code for fault in faults] == [NO_WORDS]


def origin(row: Row, layout: Layout) -> tuple[str, str] | None:
    """The upload and line that a mended row was rejected from."""
    if row.broken or layout.origin is None:
        return None
    upload, line = (row.cells[index].strip() for index in layout.origin)
    return (upload, line) if upload and line.isdigit() else None


def written_by_us(layout: Layout) -> bool:
    """Whether the file is a quarantine or an export, whose cells were made safe."""
    return layout.origin is not None or layout.header[: len(EXPORTED)] == list(EXPORTED)


def as_sent(row: Row, layout: Layout) -> tuple[Row, Fault | None]:
    """A row of such a file with its cells as they were before they were made safe, and whether it
    came back with its cells shifted.

    An editor that loses quotes gives a row one cell more; an empty last cell may hide it.
    """
    if row.broken:
        return row, None
    row = replace(row, cells=[restored(cell) for cell in row.cells])
    if layout.origin is None:
        return row, None
    upload, line = (row.cells[index].strip() for index in layout.origin)
    if (upload or line) and not (_NAMES_A_ROW.fullmatch(upload) and line.isdigit()):
        return row, Fault("row_shifted", SHIFTED, f"{upload} {line}")
    return row, None
