"""The reviews merged so far: a Delta table, whose version is the dataset version."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from arro3.core import RecordBatch
from deltalake import (
    CommitProperties,
    DeltaTable,
    Field,
    QueryBuilder,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.schema import PrimitiveType

from satispy.errors import Conflict, NotFound, StorageUnreachable
from satispy.reviews import review_set
from satispy.reviews.known_ids import SEGMENT, KnownIds
from satispy.reviews.review_set import ReviewSet
from satispy.reviews.stored import CHANGED, HIDDEN, SCHEMA, StoredReview, as_batch
from satispy.storage import Store

PREFIX: Final = "reviews"

#: More identities than this are compared here: planning a longer query takes longer than that.
_MOST_LITERALS: Final = 2_000
#: Every version can be read as long as its files are there: who restores one needs its commit.
#: Opening asks for what is newer than the last checkpoint, however long the log is.
KEEPS_ITS_LOG: Final = {
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}
#: How long files that were replaced stay, and word of them in the log; the vacuum may change it.
RETENTION: Final = "delta.deletedFileRetentionDuration"
_PACKED: Final = WriterProperties(compression="ZSTD")


@dataclass(frozen=True)
class Known:
    """Where a review that is in the table came from."""

    upload: str
    put: str
    line: int


@dataclass(frozen=True)
class Seen:
    """The files and rows of a version."""

    files: frozenset[str]
    rows: int


class ReviewTable:
    """The dataset in a store. Appends are serialised: who commits second is told so by Conflict."""

    def __init__(self, store: Store, segment: int = SEGMENT) -> None:
        self._store = store
        self._segment = segment
        self._known_ids: KnownIds | None = None
        self._url = store.table_url(PREFIX)
        self._options = store.options
        self._delta: DeltaTable | None = None
        #: The version that the last append made.
        self.last_commit: int | None = None

    def version(self) -> int | None:
        """The newest version; None before the first upload."""
        try:
            self._refresh()
            return int(self._open().version())
        except NotFound:
            return None

    def read(self, version: int | None = None, most: int = 0) -> ReviewSet:
        """A version of the dataset, the newest if none is named; its texts are read when they are
        asked for. Raises NotFound.

        most: of a larger dataset so many rows at most, the newest of each source, company and star
        (`satispy.reviews.newest`). 0: all.
        """
        return review_set.read(self, version, most)

    def id(self) -> str:
        """Of this dataset: another one that begins at version 0 again has another."""
        return str(self._open().metadata().id)

    def count(self) -> int:
        """Its rows, those that are hidden included: positions that are taken."""
        return int(self._open().count())

    def ensure(self) -> None:
        """Create the empty table, version 0, unless it is there; and see its newest version."""
        try:
            self._refresh()
        except NotFound:
            # It may be created by somebody else meanwhile; opening it then says if all is well.
            with contextlib.suppress(DeltaError), self._reaching():
                DeltaTable.create(
                    self._url,
                    SCHEMA,
                    name="reviews",
                    configuration={
                        "delta.checkpointInterval": "20",
                        "delta.dataSkippingStatsColumns": "position,star,date",
                        RETENTION: "interval 14 days",
                        **KEEPS_ITS_LOG,
                    },
                    storage_options=self._options,
                )
            self._refresh()

    def seen(self) -> "Seen":
        """What the version last seen is made of."""
        table = self._open()
        return Seen(frozenset(table.file_uris()), int(table.count()))

    def known(self, ids: Sequence[bytes], first: int = 0) -> dict[bytes, Known]:
        """Which of these identities are in the version last seen, and where they came from.

        Only at positions from `first` on: that reads one small file where the whole table was read
        before. Of the whole table, only the parts that may hold one, and the newest rows, are read.
        """
        if not ids:
            return {}
        if first:
            return self._known_from(ids, f"position >= {first}")
        spans, rest = self.known_ids.likely(ids, int(self._open().count()))
        found = self._known_from(ids, f"position >= {rest}")
        for span in spans:
            found |= self._known_from(
                span.ids, f"position >= {span.first} and position < {span.end}"
            )
        return found

    def _known_from(self, ids: Sequence[bytes], where: str) -> dict[bytes, Known]:
        if len(ids) <= _MOST_LITERALS:
            where += " and id in (" + ",".join(f"X'{value.hex()}'" for value in ids) + ")"
        wanted = set(ids)
        query = f"select id, upload, put, line from reviews where {where}"  # noqa: S608 - our own digests in hex
        found: dict[bytes, Known] = {}
        for batch in self.query(self._open(), query):
            hits = [i for i, value in enumerate(batch["id"].to_pylist()) if value in wanted]
            if hits:
                values, *places = (batch[n].to_pylist() for n in ("id", "upload", "put", "line"))
                found.update((values[i], Known(*(each[i] for each in places))) for i in hits)
        return found

    @property
    def known_ids(self) -> KnownIds:
        if self._known_ids is None:
            self._known_ids = KnownIds(self._store, self.id(), self._segment)
        return self._known_ids

    def _ids_at(self, first: int, end: int) -> Iterator[bytes]:
        query = f"select id from reviews where position >= {first} and position < {end}"  # noqa: S608 - numbers
        for batch in self.query(self._open(), query):
            yield from batch["id"].to_pylist()

    def mended(self, marks: Sequence[str]) -> dict[str, Known]:
        """Which of these quarantined rows were mended and merged, and by whom."""
        if not marks:
            return {}
        wanted = set(marks)
        found: dict[str, Known] = {}
        query = "select mends, upload, put, line from reviews where mends is not null"
        for batch in self.query(self._open(), query):
            columns = (batch[n].to_pylist() for n in ("mends", "upload", "put", "line"))
            for mark, *place in zip(*columns, strict=True):
                if mark in wanted:
                    found[mark] = Known(*place)
        return found

    def append(self, reviews: Sequence[StoredReview], about: dict[str, Any]) -> int:
        """Commit the rows after those of the version last seen; returns the new version.

        Raises Conflict, with nothing committed, if the table has changed since: what is known may
        have changed with it, so look again.
        """
        table = self._open()
        first = int(table.count())
        names = {field.name for field in table.schema().fields}
        batch = as_batch(reviews, first, dt.datetime.now(dt.UTC), names)
        added = sum(review.star != HIDDEN for review in reviews)
        about = {**about, "added": added, "rows": self.shown(table) + added}
        with self._committing():
            write_deltalake(
                table,
                batch,
                mode="append",
                commit_properties=_once(about),
                writer_properties=_PACKED,
            )
        self.last_commit = int(table.version())
        self.known_ids.write_down(first + len(reviews), self._ids_at)
        return self.last_commit

    def replace(
        self, position: int, values: Mapping[str, str | int | None], about: dict[str, Any]
    ) -> int:
        """Commit other values of some columns of one row, of the version last seen; returns the
        new version. The file that holds the row is written anew, in its order.

        Raises Conflict as `append` does.
        """
        table = self._open()
        added = -1 if values.get("star") == HIDDEN else 0
        about = {**about, "added": added, "rows": self.shown(table) + added}
        with self._committing():
            if CHANGED not in {field.name for field in table.schema().fields}:
                table.alter.add_columns([Field(CHANGED, PrimitiveType("string"))])
            table.update(
                predicate=f"position = {int(position)}",
                updates={name: _literal(value) for name, value in values.items()},
                commit_properties=_once(about),
                writer_properties=_PACKED,
            )
        self.last_commit = int(table.version())
        return self.last_commit

    def shown(self, table: DeltaTable) -> int:
        """The rows of a version without those that are hidden."""
        return int(table.count()) - len(review_set.hidden(self, table))

    def at(self, version: int | None = None) -> DeltaTable:
        """The Delta table at a version, for those who read more columns."""
        if version is None:
            self._refresh()
            return self._open()
        try:
            with self._reaching():
                return DeltaTable(self._url, version=version, storage_options=self._options)
        except TableNotFoundError as error:
            raise NotFound("no reviews yet in %(url)s", url=self._url) from error
        except DeltaError as error:
            raise NotFound("the dataset has no version %(version)s", version=version) from error

    def _open(self) -> DeltaTable:
        if self._delta is None:
            try:
                with self._reaching():
                    self._delta = DeltaTable(self._url, storage_options=self._options)
            except TableNotFoundError as error:
                raise NotFound("no reviews yet in %(url)s", url=self._url) from error
        return self._delta

    def _refresh(self) -> None:
        if self._delta is None:
            self._open()
        else:
            with self._reaching():
                self._delta.update_incremental()

    @contextlib.contextmanager
    def _committing(self) -> Iterator[None]:
        try:
            yield
        except CommitFailedError as error:
            self._refresh()
            raise Conflict("the table of reviews has changed meanwhile") from error

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """delta-rs raises OSError: S3 does not answer, or a key in its log is no path."""
        try:
            yield
        except OSError as error:
            reason = " ".join(str(error).split())[:200]
            raise StorageUnreachable(
                "%(url)s cannot be read: %(reason)s. If `satispy status` names an object "
                "below reviews/_delta_log/, delete it",
                url=self._url,
                reason=reason,
            ) from error

    def query(
        self, table: DeltaTable, sql: str, others: DeltaTable | None = None
    ) -> Iterator[RecordBatch]:
        """The answer of this version, whose rows are `reviews`, batch by batch; of another one the
        rows are `others`. Raises NotFound if a version is gone."""
        builder = QueryBuilder().register("reviews", table)
        if others is not None:
            builder.register("others", others)
        try:
            yield from builder.execute(sql)
        except Exception as error:  # delta-rs raises no other; what is missing is looked for
            for each in (table, *([others] if others else [])):
                if self.lacks_files(each):
                    raise gone(int(each.version())) from error
            raise

    def lacks_files(self, table: DeltaTable) -> bool:
        """Whether files of this version were deleted: it cannot be read, nor restored."""
        replaced = set(table.file_uris()) - set(self.at().file_uris())
        names = (uri.rpartition("/")[2] for uri in sorted(replaced))
        return any(not self._store.exists(f"{PREFIX}/{name}") for name in names)


def _once(about: dict[str, Any]) -> CommitProperties:
    """No retries: delta-rs would rebase a blind append, and let in the same row twice."""
    return CommitProperties(max_commit_retries=0, custom_metadata=about)


def _literal(value: str | int | None) -> str:
    if value is None:
        return "cast(null as varchar)"
    return f"cast({value} as tinyint)" if isinstance(value, int) else quoted(value)


def quoted(text: str) -> str:
    """As SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def gone(version: int) -> NotFound:
    return NotFound(
        "version %(version)s of the dataset can no longer be read: files of it "
        "were replaced, and deleted since by the vacuum; `satispy reviews log` "
        "says which versions can",
        version=version,
    )
