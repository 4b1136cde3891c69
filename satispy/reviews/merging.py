"""Merge an upload into the reviews: every row exactly once, and a receipt that says so.

The upload is read in chunks. A chunk is one commit: look up which of its rows the table knows,
append the others, and if somebody else committed meanwhile, look again. Nothing but the commit
changes the table and nothing but the receipt ends the work, so a merge may be killed at any moment
and run again: the rows it had committed are found in the table, with their put and line, and count
as added.
"""

import datetime as dt
import json
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from satispy.errors import Conflict, NotAllowed, NotYet, UploadRefused
from satispy.keys import why_unusable
from satispy.reviews import notes, receipts, remembered, unread, versions
from satispy.reviews import quarantine as quarantines
from satispy.reviews.columns import UnknownHeader
from satispy.reviews.identity import TwinCounter, content_key, identity
from satispy.reviews.judging import judged
from satispy.reviews.layout import Layout, Source
from satispy.reviews.masking import mask
from satispy.reviews.personal import Treatment, mask_cell, treatment, treatments
from satispy.reviews.proposal import Proposal
from satispy.reviews.quarantine import Quarantine
from satispy.reviews.receipts import Receipt
from satispy.reviews.said import COLUMNS, said_in
from satispy.reviews.schema import RUNNING_NUMBER, Review
from satispy.reviews.stored import StoredReview
from satispy.reviews.survey import examine
from satispy.reviews.table import Known, ReviewTable, Seen
from satispy.sentence import Sentence
from satispy.settings import Settings
from satispy.storage import Entry, Store

log = logging.getLogger(__name__)

#: Files up to this size are kept in memory between the two passes; larger ones are read twice.
KEEP_IN_MEMORY: Final = 16 << 20
#: How often to look again when other uploads commit in between, before the queue tries later.
MAX_ATTEMPTS: Final = 100


@dataclass(frozen=True)
class MergeRules:
    """What an operator may set about merging."""

    mask: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Whose day it is when a row has no date, and when it says tomorrow.
    timezone: str = "Europe/Paris"
    #: day-first or month-first, whatever a column of dates looks like; empty: the column decides.
    dates: str = ""
    chunk_rows: int = 20_000
    chunk_characters: int = 16_000_000

    @classmethod
    def from_settings(cls, settings: Settings) -> "MergeRules":
        return cls(settings.mask, settings.columns, settings.timezone, settings.dates)


@dataclass(frozen=True)
class _Pending:
    """A row that passed the rules and has not been looked up yet."""

    review: StoredReview
    content: bytes
    probe: bool  # a mended row without a number takes the first free twin


def merge_upload(
    store: Store,
    key: str,
    *,
    version: str | None = None,
    rules: MergeRules | None = None,
    start_retrain: Callable[[int], str | None] | None = None,
) -> Receipt:
    """Merge one object under uploads/, or the named version of it, and write its receipt.

    Done before, it returns the receipt of then: events may be delivered twice. `start_retrain` gets
    the dataset version and returns the run's name, or raises NotYet; it is called only if rows were
    added.
    """
    rules = rules or MergeRules()
    started = time.monotonic()
    if reason := why_unusable(key):
        return unread.refuse(store, key, version, unread.not_a_path(reason))
    try:
        entry = store.describe(key, version)
    except NotAllowed:
        store.list(receipts.UPLOADS)  # raises where nothing at all may be read
        return unread.refuse(store, key, version, unread.NOT_ALLOWED)
    put = receipts.put_of(entry)
    if done := receipts.find(store, key, put):
        return done
    receipt = Receipt(
        upload=receipts.upload_name(key),
        key=key,
        put=put,
        put_at=entry.modified,
        finished=dt.datetime.now(dt.UTC),
        seconds=0,
    )
    table = ReviewTable(store)
    try:
        source = _source(store, entry)
        said = said_in(entry.metadata, rules.columns, rules.dates)
        layout = examine(
            source,
            said,
            today=_today(receipt, rules),
            recall=lambda header: remembered.recall(store, header),
        )
        table.ensure()
        receipt = _merge(store, table, receipt, source, layout, rules)
        if receipt.added and entry.metadata.get(COLUMNS):
            remembered.remember(store, layout.header, said.columns, receipt.upload)
        if receipt.added and start_retrain and receipt.dataset_version is not None:
            try:
                receipt = replace_receipt(receipt, run=start_retrain(receipt.dataset_version))
            except NotYet as not_yet:
                receipt = replace_receipt(receipt, waits=receipts.Waits.of(not_yet))
    except NotAllowed as denied:
        log.warning("%s: %s", key, denied)
        receipt = _refused(receipt, unread.NOT_ALLOWED)
    except UploadRefused as refusal:
        if isinstance(refusal, UnknownHeader):
            proposal = _masked(refusal.proposal) if rules.mask else refusal.proposal
            receipt = replace_receipt(receipt, proposal=proposal)
        # It may quote a first line that is a review, not a header.
        receipt = _refused(receipt, refusal.sentence, mask if rules.mask else str)
    receipt = replace_receipt(
        receipt, finished=dt.datetime.now(dt.UTC), seconds=round(time.monotonic() - started, 3)
    )
    receipts.save(store, receipt)
    if table.last_commit and table.last_commit % versions.TIDY_EVERY == 0:
        versions.tidy(table)
    log.info(
        "%s: %s",
        key,
        receipt.refused
        or f"{receipt.added} added, {receipt.duplicate} duplicate, {receipt.rejected} rejected",
    )
    return receipt


def _refused(receipt: Receipt, why: Sentence, hide: Callable[[str], str] = str) -> Receipt:
    facts = receipts.Refusal.of(why, hide)
    english = str(facts.sentence)
    # What only shows in the whole sentence is hidden there: then there are no facts but that.
    refused = hide(english)
    return replace_receipt(receipt, refused=refused, refusal=facts if refused == english else None)


def _masked(proposal: Proposal) -> Proposal:
    """Only cells of the columns it proposes, masked: a column that nobody knows may hold names."""
    samples = {
        name: [mask(cell) for cell in proposal.samples.get(name, ())]
        for name in proposal.columns.values()
        if treatment(name) is not Treatment.DROPPED
    }
    return proposal.model_copy(update={"samples": samples})


def replace_receipt(receipt: Receipt, **changes: object) -> Receipt:
    return receipt.model_copy(update=changes)


def _merge(
    store: Store,
    table: ReviewTable,
    receipt: Receipt,
    source: Source,
    layout: Layout,
    rules: MergeRules,
) -> Receipt:
    masked: dict[str, Counter[str]] = defaultdict(Counter)
    received = added = duplicate = 0
    upload = f"{receipt.upload}@{receipt.put}"
    with Quarantine(upload, layout, masked=rules.mask) as rejected:
        pending = _pending(receipt, source, layout, rules, rejected, masked)
        before = _stopped(store, table, receipt)
        progress = receipts.Progress(put=receipt.put, of=table.known_ids.folder)
        for chunk in _chunks(pending, rules):
            # A merge that was killed at its time limit goes on where it stopped.
            at = len(progress.chunks)
            if at < len(before.chunks) and before.chunks[at].rows == len(chunk):
                fresh = before.chunks[at].added
            else:
                fresh = _commit(table, chunk, receipt)
            received += len(chunk)
            added += fresh
            duplicate += len(chunk) - fresh
            log.info("%s: %s rows merged", receipt.key, f"{received:,}")
            progress.chunks.append(receipts.Chunk(rows=len(chunk), added=fresh))
            if at >= len(before.chunks) and len(chunk) >= rules.chunk_rows:  # more may follow
                receipts.save_progress(store, receipt.key, progress)
        quarantine_key = None
        if rejected.to_mend:
            quarantine_key = receipts.quarantine_key(receipts.make_room(store, receipt))
            rejected.save(store, quarantine_key)
    return replace_receipt(
        receipt,
        digest=layout.digest,
        received=received + rejected.count,
        added=added,
        duplicate=duplicate,
        rejected=rejected.count,
        reasons=rejected.reasons(),
        quarantine=quarantine_key,
        dataset_version=table.last_commit or table.version(),
        recognised=layout.recognised,
        encoding=layout.encoding,
        encoding_sure=layout.sure,
        separator=layout.separator,
        compressed=layout.compressed,
        columns={name: layout.name_of(name) for name in layout.columns},
        notes=notes.of_layout(layout) + notes.without_words(rejected.count - rejected.to_mend),
        masked=dict(sum(masked.values(), Counter())),
        masked_by_column={name: dict(found) for name, found in masked.items() if found},
        dropped=[
            name
            for name, how in treatments(layout).items()
            if rules.mask and how is Treatment.DROPPED
        ],
    )


def _stopped(store: Store, table: ReviewTable, receipt: Receipt) -> receipts.Progress:
    """What an earlier attempt at this very put had merged, unless a restore took it away."""
    found = receipts.progress(store, receipt.key)
    if (found.put, found.of) == (receipt.put, table.known_ids.folder):
        return found
    return receipts.Progress()


def _pending(
    receipt: Receipt,
    source: Source,
    layout: Layout,
    rules: MergeRules,
    rejected: Quarantine,
    masked: dict[str, Counter[str]],
) -> Iterator[_Pending]:
    """The rows that pass the rules, in order; the others go to the quarantine."""
    today = _today(receipt, rules)
    twins = TwinCounter()
    extra = {name: i for name, i in layout.extra.items() if name != RUNNING_NUMBER}
    treated = treatments(layout)
    said_in = layout.name_of("comment")
    for row, review in judged(source, layout, today):
        if not isinstance(review, Review):
            rejected.add(row, review)
            continue
        mended = quarantines.origin(row, layout)
        probe = mended is not None and not review.number
        found: Counter[str] = Counter()
        masked_comment = mask(review.comment, found)
        content = content_key(review, masked_comment)
        twin = 0 if review.number or probe else twins.next(content)
        comment, kept = review.comment, {n: row.cells[i] for n, i in extra.items() if row.cells[i]}
        if rules.mask:
            comment = masked_comment
            masked[said_in] += found
            cells = {n: mask_cell(cell, treated[n], masked[n]) for n, cell in kept.items()}
            kept = {name: cell for name, cell in cells.items() if cell}
        yield _Pending(
            StoredReview(
                id=identity(content, twin),
                comment=comment,
                star=review.star,
                source=review.source,
                company=review.company,
                number=review.number,
                date=review.date or today,
                dated=review.date is not None,
                extra=json.dumps(kept, ensure_ascii=False) if kept else None,
                upload=receipt.upload,
                put=receipt.put,
                line=row.line,
                mends=":".join(mended) if mended else None,
            ),
            content,
            probe,
        )
    twins.close()


def _chunks(pending: Iterator[_Pending], rules: MergeRules) -> Iterator[list[_Pending]]:
    chunk: list[_Pending] = []
    characters = 0
    for row in pending:
        chunk.append(row)
        characters += len(row.review.comment) + len(row.review.extra or "")
        if len(chunk) >= rules.chunk_rows or characters >= rules.chunk_characters:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _commit(table: ReviewTable, chunk: Sequence[_Pending], receipt: Receipt) -> int:
    """Append what the table does not know; returns how many rows of it this upload added."""
    ids = [row.review.id for row in chunk]
    known: dict[bytes, Known] = {}
    seen: Seen | None = None
    for attempt in range(MAX_ATTEMPTS):
        if any(row.probe for row in chunk):
            fresh, ours = _look_up_mended(table, chunk)
        else:
            before, seen = seen, table.seen()
            if before and before.files <= seen.files:  # since then others have only appended
                known |= table.known(ids, before.rows)
            else:
                known = table.known(ids)
            fresh, ours = _split(chunk, known, {})
        if not fresh:
            return ours
        try:
            table.append(fresh, {"upload": receipt.upload, "put": receipt.put})
        except Conflict:
            # Others are committing too: step back a random moment, longer each time.
            time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311 - jitter
            continue
        return ours + len(fresh)
    raise Conflict(
        "%(key)s: %(max_attempts)s attempts to commit met other uploads; try it again",
        key=receipt.key,
        max_attempts=MAX_ATTEMPTS,
    )


def _split(
    chunk: Sequence[_Pending], known: Mapping[bytes, Known], mended: Mapping[str, Known]
) -> tuple[list[StoredReview], int]:
    """The rows that are new, and how many stand there already because this very upload put them."""
    taken: set[bytes | str] = set()
    fresh: list[StoredReview] = []
    ours = 0
    for row in chunk:
        review = row.review
        before = known.get(review.id)
        if review.mends and row.probe:
            before = mended.get(review.mends)
        if before:
            # By name as well: the same file put twice within a second is named by one put.
            ours += before == Known(review.upload, review.put, review.line)
        elif review.id not in taken and not (review.mends and review.mends in taken):
            fresh.append(review)
            taken.add(review.id)
            if review.mends:
                taken.add(review.mends)
    return fresh, ours


def _look_up_mended(
    table: ReviewTable, chunk: Sequence[_Pending]
) -> tuple[list[StoredReview], int]:
    """A mended row without a number stands for a review of its own, even if one reads the same:
    it takes the first identity that is free. The table is asked once for all rows, and again only
    where more reviews read the same than was thought of."""
    mended = table.mended([row.review.mends for row in chunk if row.review.mends])
    sure = {row.review.id for row in chunk if not row.probe}
    waiting = Counter(row.content for row in chunk if row.probe)
    known: dict[bytes, Known] = {}
    begin, end, short = 0, 1, dict(waiting)
    ids = [*sure]
    while short:
        ids += [
            identity(content, twin)
            for content, rows in short.items()
            for twin in range(_reach(rows, begin), _reach(rows, end))
        ]
        known |= table.known(ids)
        begin, end, ids = end, end * 4, []
        free = {c: _free(c, rows, begin, known, sure) for c, rows in waiting.items()}
        short = {c: rows for c, rows in waiting.items() if len(free[c]) < rows}
    take = {content: iter(twins) for content, twins in free.items()}
    named = [
        replace(row, review=replace(row.review, id=next(take[row.content]))) if row.probe else row
        for row in chunk
    ]
    return _split(named, known, mended)


def _reach(rows: int, asked: int) -> int:
    """How many twins are asked about for so many rows."""
    return (rows + 3) * asked


def _free(
    content: bytes, rows: int, asked: int, known: Mapping[bytes, Known], taken: Container[bytes]
) -> list[bytes]:
    """The first free identities of those asked about, as many as there are rows or fewer."""
    twins = (identity(content, twin) for twin in range(_reach(rows, asked)))
    return [*islice((each for each in twins if each not in known and each not in taken), rows)]


def _today(receipt: Receipt, rules: MergeRules) -> str:
    return receipt.put_at.astimezone(ZoneInfo(rules.timezone)).date().isoformat()


def _source(store: Store, entry: Entry) -> Source:
    if entry.size <= KEEP_IN_MEMORY:
        data = store.read(entry.key, entry.version)
        return lambda: iter([data[i : i + (1 << 20)] for i in range(0, len(data), 1 << 20)])
    return lambda: store.stream(entry.key, version=entry.version)
