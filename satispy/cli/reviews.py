"""`satispy upload` and `satispy reviews …`: the dataset and its versions, from a terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from satispy.cli import _place as place
from satispy.cli._changes import correct, delete, find
from satispy.cli._mappings import forget, show_mappings
from satispy.cli._stores import bucket
from satispy.cli._terminal import console, moment, print_table, table
from satispy.cli._uploads import quarantine, receipt, replay, show_receipts, upload
from satispy.locales.formats import count, day, signed
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.settings import Settings

if TYPE_CHECKING:
    from collections import Counter

    from satispy.reviews import ReviewTable
    from satispy.reviews.retention import Readable

app = typer.Typer(
    help="The dataset: receipts, versions, export, restore, replay.", no_args_is_help=True
)
# Commands stand here and below in the order of the help page.
app.command("receipts")(show_receipts)
app.command()(receipt)
app.command()(quarantine)
app.command("mappings")(show_mappings)
app.command()(forget)
app.command()(find)
app.command()(correct)
app.command()(delete)

Version = Annotated[int, typer.Argument(help="A dataset version.", min=0)]


_MADE_BY = Names(
    {
        "create": N_("create"),
        "merge": N_("merge"),
        "change": N_("change"),
        "restore": N_("restore"),
        "tidy": N_("tidy"),
        "vacuum": N_("vacuum"),
        "settings": N_("settings"),
    }
)


@app.command("log")
def show_log(last: Annotated[int, typer.Option(help="How many of the newest.")] = 20) -> None:
    """The versions of the dataset, the newest first, and how long each can be read."""
    from satispy.reviews import versions

    words = when, what, upload, readable = _("when"), _("what"), _("upload"), _("readable")
    made = table(_("version"), when, what, upload, _("added"), _("rows"), readable, words=words)
    for commit in versions.log(_reviews(), last):
        made.add_row(
            str(commit.version),
            moment(commit.at),
            _MADE_BY.get(commit.what, commit.what),
            Text(commit.upload or ""),
            signed(commit.added, 0) if commit.added else "",
            "" if commit.rows is None else count(commit.rows),
            _readable(commit.readable),
        )
    print_table(made)


@app.command()
def show(
    version: Annotated[int | None, typer.Argument(help="The newest if left out.", min=0)] = None,
) -> None:
    """The rows of a version: by upload and source, with their stars."""
    from collections import Counter

    from satispy.reviews import versions

    _show_groups(Counter(versions.count(_reviews(), version)))


@app.command()
def diff(a: Version, b: Version) -> None:
    """What version B has and A has not, and the other way round."""
    from satispy.reviews import versions

    found = versions.compare(_reviews(), a, b)
    said = _(
        "Version %(a)s → %(b)s: [green]+%(added)s[/] rows, [red]-%(removed)s[/]",
        a=a,
        b=b,
        added=count(found.added),
        removed=count(found.removed),
    )
    console.print(said)
    for title, groups in ((_("added"), found.added_by), (_("removed"), found.removed_by)):
        if groups:
            console.print(title, style="bold")
            _show_groups(groups)


@app.command()
def export(
    version: Version, file: Annotated[Path, typer.Argument(help="FILE.csv or FILE.csv.gz")]
) -> None:
    """Write a version as a CSV (personal data stays masked); uploading it again adds nothing."""
    from satispy.reviews import versions

    rows = versions.export(_reviews(), version, file)
    console.print(_("Wrote %(rows)s rows to %(file)s", rows=count(rows), file=file))


@app.command()
def restore(
    version: Version,
    retrain: Annotated[bool, typer.Option(help="Train on the restored rows.")] = True,
) -> None:
    """Make a new version with the rows of an old one. Nothing is deleted."""
    from satispy import journal
    from satispy.cli._me import me
    from satispy.journal import Fact, What
    from satispy.retraining.start import ask_for_retrain
    from satispy.reviews import ReviewTable, versions

    store = bucket()
    what = Fact(by=me(), what=What.REVIEWS_RESTORED, on=f"version {version}")
    with journal.acting(store, what):
        new = versions.restore(ReviewTable(store), version)
    console.print(_("Version %(new)s now has the rows of version %(old)s.", new=new, old=version))
    settings = Settings()
    if retrain and settings.state_machine_arn:
        run = ask_for_retrain(settings, store, new, by_hand=True)
        console.print(_("Retrain [bold]%(run)s[/] started.", run=run))


@app.command()
def vacuum(
    days: Annotated[
        float | None, typer.Option(help="What was replaced not longer ago stays readable.", min=0)
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be deleted.")] = False,
) -> None:
    """Join small files, then delete those that were replaced days ago (14 unless the table says
    otherwise); never what a model learned from that serves or can come back."""
    from satispy import journal
    from satispy.cli._me import me
    from satispy.journal import Fact, What
    from satispy.registry import pointer
    from satispy.reviews import ReviewTable, retention, versions

    store = bucket()
    reviews = ReviewTable(store)
    older = retention.days(reviews.at()) if days is None else days
    keep = pointer.read(store).dataset_versions()
    if dry_run:
        files = retention.vacuum(reviews, older, keep, dry_run=True)
    else:
        what = Fact(by=me(), what=What.REVIEWS_VACUUMED, on="reviews", after={"days": older})
        with journal.acting(store, what):
            versions.tidy(reviews, whole=True)
            files = retention.vacuum(reviews, older, keep)
    if dry_run:
        said = ngettext(
            "%(num)s file would be deleted.", "%(num)s files would be deleted.", len(files)
        )
    else:
        said = ngettext("%(num)s file deleted.", "%(num)s files deleted.", len(files))
    console.print(said)


app.command()(replay)


@app.command()
@place.without_stack
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="In words: docs/csv.md.")] = False,
) -> None:
    """The rules of a row, as JSON Schema (docs/review.schema.json)."""
    from satispy.reviews.document import markdown as in_words
    from satispy.reviews.schema import row_schema

    shown = in_words() if markdown else json.dumps(row_schema(), indent=2, ensure_ascii=False)
    typer.echo(shown, nl=not markdown)


def _readable(found: "Readable") -> str:
    if not found.now:
        return _("no")
    if found.until is None:
        return _("yes")
    if found.beyond_its_time(datetime.now(UTC)):
        return _("kept")
    return _("until %(day)s", day=day(found.until))


def _reviews() -> "ReviewTable":
    from satispy.reviews import ReviewTable

    return ReviewTable(bucket())


def _show_groups(groups: "Counter[tuple[str, str, int]]") -> None:
    stars_of = [f"{star} ★" for star in range(1, 6)]
    words = (_("upload"), _("source"))
    made = table(*words, *stars_of, _("rows"), words=words)
    made.columns[-1].style = "bold"
    for upload_name, source in sorted({(name, source) for name, source, _star in groups}):
        stars = [groups.get((upload_name, source, star), 0) for star in range(1, 6)]
        made.add_row(Text(upload_name), Text(source), *map(count, stars), count(sum(stars)))
    total = [sum(n for (_, _, star), n in groups.items() if star == s) for s in range(1, 6)]
    made.add_section()
    made.add_row("", _("all"), *map(count, total), count(sum(total)), style="bold")
    print_table(made)


commands = {"upload": upload}
