"""One review found, corrected or deleted from a terminal."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from satispy.cli._me import me
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, print_table, table
from satispy.errors import NotFound, NotYet, SatispyError
from satispy.locales.formats import count
from satispy.locales.messages import _
from satispy.locales.reader import reader
from satispy.locales.telling import told
from satispy.settings import Settings

Id = Annotated[str, typer.Argument(help="As `satispy reviews find`, or its page in the app, says.")]
Why = Annotated[str, typer.Option(help="For the journal, without a customer's name.")]
Retrain = Annotated[bool, typer.Option(help="Retrain if it is worth it, as after an upload.")]


def find(
    words: Annotated[str, typer.Argument(help="All of them, with or without accents.")],
    first: Annotated[int, typer.Option(help="Of those found, from which on.", min=0)] = 0,
) -> None:
    """The reviews that hold these words, the newest first, and how they are named."""
    from satispy.reviews import ReviewTable, browsing

    found = browsing.page(ReviewTable(bucket()), browsing.Wanted(words=words), first=first)
    words_in = (_("upload"), _("review"))
    made = table("id", _("star"), _("date"), *words_in, words=words_in)
    made.columns[0].justify = "left"
    made.columns[0].no_wrap = True
    for review in found.reviews:
        line = " ".join(review.comment.split())
        shown = line if len(line) <= 60 else f"{line[:59]}…"
        made.add_row(
            review.id, str(review.star), review.date[:10], Text(review.upload), Text(shown)
        )
    print_table(made)
    said = _(
        "%(shown)s of %(total)s in version %(version)s.",
        shown=count(len(found.reviews)),
        total=count(found.total),
        version=found.version,
    )
    console.print(said)


def correct(
    id: Id,
    why: Why,
    star: Annotated[int | None, typer.Option(help="What it is to have.", min=1, max=5)] = None,
    comment: Annotated[
        Path | None, typer.Option(help="A file of the text that it is to say; - reads it here.")
    ] = None,
    retrain: Retrain = True,
) -> None:
    """Give a review other stars or another text, as a new version of the dataset."""
    if star is None and comment is None:
        raise typer.BadParameter(_("say --star, --comment or both"))
    text = None
    if comment is not None:
        text = sys.stdin.read() if str(comment) == "-" else comment.read_text("utf-8")
    _change(id, {"why": why, "star": star, "comment": text}, retrain)


def delete(id: Id, why: Why, retrain: Retrain = True) -> None:
    """Take a review out of the dataset, as a new version. Older versions have it until their files
    are vacuumed, and its upload as long as it is kept."""
    _change(id, {"why": why}, retrain)


def _change(id: str, what: dict[str, object], retrain: bool) -> None:
    if not str(what["why"]).strip():
        raise typer.BadParameter(_("--why is empty: say why, for the journal"))
    from pydantic import ValidationError

    from satispy import journal
    from satispy.reviews import ReviewTable, browsing, changing
    from satispy.reviews.changing import Asked
    from satispy.reviews.reasons import in_language

    store, settings = bucket(), Settings()
    review = browsing.one(ReviewTable(store), id)
    if review.deleted:
        by = review.changes[-1]
        raise NotFound(
            "%(id)s was deleted by %(who)s on %(at)s: %(why)s",
            id=id,
            who=by.by.who,
            at=by.at,
            why=by.why,
        )
    try:
        asked = Asked.model_validate(
            {"review": review.id, "seen": len(review.changes), "by": me(), **what}
        )
        changing.corrected(review, asked.star, asked.comment)
    except ValidationError as error:
        faults = [
            in_language(each["type"], each["msg"], reader().language) for each in error.errors()
        ]
        said = "; ".join(faults)
        raise SatispyError(said) from error
    with journal.acting(store, asked.fact(review)):
        version = changing.make(store, asked, masked=settings.mask)
    console.print(_("Version %(version)s has the change.", version=version))
    if retrain and settings.state_machine_arn:
        _ask_for_retrain(settings, version)


def _ask_for_retrain(settings: Settings, version: int) -> None:
    from satispy.retraining.start import ask_for_retrain

    try:
        run = ask_for_retrain(settings, bucket(), version)
    except NotYet as not_yet:
        console.print(_("No retrain yet: %(why)s", why=told(not_yet)))
    else:
        console.print(_("Retrain [bold]%(run)s[/] learns it.", run=run))
