"""`satispy embeddings use | train | reset | show`: the vectors SVM and ANN are trained on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256 as digest_of
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from satispy.cli._terminal import moment, print_table
from satispy.cli._terminal import table as table_of
from satispy.locales.formats import count, day, decimal
from satispy.locales.messages import _
from satispy.settings import Settings

if TYPE_CHECKING:
    from satispy.embeddings import WordVectors
    from satispy.embeddings.download import Progress
    from satispy.storage import Store

app = typer.Typer(help="The word vectors that SVM and ANN are trained on.", no_args_is_help=True)
console = Console()


@app.command()
def use(
    source: Annotated[
        str,
        typer.Argument(
            help="A .pkl or .txt of wikipedia2vec, or its .bz2: a path, https:// or s3://"
        ),
    ],
    sha256: Annotated[str | None, typer.Option(help="What the file must hash to")] = None,
    dim: Annotated[int | None, typer.Option(help="Numbers a word it must have")] = None,
) -> None:
    """Take published word vectors from the next retrain on.

    They are converted once; a download that was cut off goes on when called again.
    """
    import shutil

    from satispy.embeddings import choice
    from satispy.embeddings.published import load
    from satispy.registry.store import VECTORS, ModelStore
    from satispy.storage import Store

    settings = Settings()
    store = Store.bucket(settings)
    choice.read(store)  # a stack that is down is said before an hour of downloading
    # Named after the source, so that the same command finds what it left.
    folder = settings.home / "embeddings" / digest_of(source.encode()).hexdigest()[:12]
    with _progress() as progress:
        vectors = load(
            source,
            folder,
            sha256=sha256,
            dim=dim,
            buckets=partial(Store.bucket, settings),
            progress=progress,
        )
    models = ModelStore(settings.bentoml_home)
    facts = {"digest": vectors.digest, "dim": vectors.dim, "words": len(vectors), "source": source}
    with console.status(_("Saving into the model store and its archive")):
        tag = models.save(folder, VECTORS, vectors.digest[:12], {"source": "published"}, facts)
        models.archive(tag, store)
    shutil.rmtree(folder)
    _choose(store, tag, vectors, source)


@app.command()
def train() -> None:
    """Train word vectors on the training rows of the newest dataset, and keep to them.

    Retrains then take these instead of training their own: some ten seconds less for each. A later
    version is split anew: some of its test texts, never their stars, may have been read here.
    """
    import tempfile
    import time
    from pathlib import Path

    from satispy import embeddings
    from satispy.errors import NotFound
    from satispy.language import TextPipeline
    from satispy.language.corpus import Corpus
    from satispy.registry.store import ModelStore
    from satispy.retraining.prepare import read_texts, save_vectors
    from satispy.reviews import ReviewTable
    from satispy.runs.primed import Sentences
    from satispy.runs.split import on_test_side
    from satispy.storage import Store

    settings = Settings()
    store = Store.bucket(settings)
    version = ReviewTable(store).version()
    if not version:
        raise NotFound("there are no reviews yet to train word vectors on: satispy upload FILE.csv")
    begin = time.monotonic()
    with (
        console.status(_("Training on dataset version %(version)s", version=version)),
        tempfile.TemporaryDirectory() as at,
    ):
        reviews = ReviewTable(store).read(version)
        test = on_test_side("identity", reviews.ids)
        documents = read_texts(reviews.texts).corpus.take(~test)
        if settings.primer:
            documents = Corpus.joined([documents, Sentences.of_primer().documents])
        vectors = embeddings.train(documents.map(TextPipeline().words), settings.seed)
        vectors.save(Path(at))
        tag, _facts = save_vectors(store, ModelStore(settings.bentoml_home), vectors, Path(at))
    _choose(store, tag, vectors, f"reviews, dataset version {version}")
    took = decimal(time.monotonic() - begin, 0)
    console.print("[green]✓[/] " + _("trained in %(seconds)s s", seconds=took))


@app.command()
def reset() -> None:
    """Go back to word vectors that each retrain trains on its own training rows."""
    from satispy.embeddings import choice
    from satispy.storage import Store

    choice.write(Store.bucket(Settings()), None)
    console.print("[green]✓[/] " + _("the next retrain trains its own word vectors"))


@app.command()
def show(
    words: Annotated[
        list[str] | None, typer.Argument(help="Show the nearest words of these")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Of these vectors, not the newest")] = None,
) -> None:
    """Show which word vectors there are, and what is near a word in them."""
    from satispy.embeddings import WordVectors, choice
    from satispy.errors import NotFound
    from satispy.registry.store import VECTORS, ModelStore
    from satispy.storage import Store

    settings = Settings()
    models = ModelStore(settings.bentoml_home)
    chosen = choice.read(Store.bucket(settings))
    kept = models.list(VECTORS)
    if not words:
        console.print(
            _(
                "Retrains use [bold]%(tag)s[/] since %(since)s: %(source)s",
                tag=chosen.tag,
                since=day(chosen.since),
                source=chosen.source,
            )
            if chosen
            else _("Each retrain trains its own word vectors, on its training rows only")
        )
        made = table_of(
            *(_("tag"), _("words"), _("dim"), _("MB"), _("made"), _("source")),
            words=(_("source"),),
            tags=(_("tag"),),
        )
        for saved in kept:
            vectors = WordVectors.open(models.path(saved.tag))
            source = str(vectors.about.get("source", ""))
            made_at = moment(saved.created)
            size = decimal(saved.size / 1e6, 1)
            made.add_row(saved.tag, count(len(vectors)), str(vectors.dim), size, made_at, source)
        print_table(made, console)
        return
    tag = tag or (chosen.tag if chosen else kept[-1].tag if kept else None)
    if tag is None:
        raise NotFound("there are no word vectors yet: a retrain makes some, or `embeddings use`")
    vectors = WordVectors.open(models.path(tag))
    table = Table(_("word"), _("nearest"), box=None, title=tag, title_justify="left")
    for word in words:
        near = [
            f"{found} [dim]{decimal(cosine, 2)}[/]"
            for found, cosine in vectors.neighbours(word.lower())
        ]
        table.add_row(f"[bold]{word}[/]", "  ".join(near))
    console.print(table)


def _choose(store: "Store", tag: str, vectors: "WordVectors", source: str) -> None:
    from satispy.embeddings import choice

    facts = {"digest": vectors.digest, "dim": vectors.dim, "words": len(vectors)}
    since = datetime.now(UTC)
    choice.write(store, choice.Choice(tag=tag, source=source, since=since, **facts))
    console.print(
        "[green]✓[/] "
        + _(
            "%(words)s words of %(dim)s numbers, kept as [bold]%(tag)s[/].",
            words=count(len(vectors)),
            dim=vectors.dim,
            tag=tag,
        )
        + "\n"
        + _("They serve from the next retrain on; [bold]satispy embeddings reset[/] goes back.")
    )


@contextmanager
def _progress() -> Iterator["Progress"]:
    """One bar for each thing that is done: bytes, or words while converting."""
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Amount(ProgressColumn):
        _bytes = DownloadColumn()

        def render(self, task: Task) -> Text:
            if task.description == "converting":
                words = _("%(words)s words", words=count(int(task.completed)))
                return Text(words, style="progress.download")
            return self._bytes.render(task)

    columns = (TextColumn("{task.description}"), BarColumn(), Amount(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        begun: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int | None) -> None:
            if what not in begun:
                begun[what] = bars.add_task(what, total=total)
            bars.update(begun[what], completed=done, total=total)

        yield progress
