"""`satispy models …`: what was trained, what serves, and why; promote, go back, tidy up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from satispy.cli._me import me
from satispy.cli._stores import bucket_and_models
from satispy.cli._terminal import moment, point_in_time, print_table, table
from satispy.errors import BrokenArtefact, NotFound, SatispyError
from satispy.locales import names
from satispy.locales.formats import count, decimal, percent, signed
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.locales.telling import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satispy.registry.store import ModelStore
    from satispy.reports.schema import Decision
    from satispy.storage import Store

app = typer.Typer(help="What was trained, what serves, and why.", no_args_is_help=True)
console = Console()

Model = Annotated[
    str,
    typer.Argument(help="As `satispy models list` shows it, or gbc:v00003, or gbc: what serves"),
]
Family = Annotated[str, typer.Argument(help="gbc, svm or ann; aspects: what reviews speak of")]


_ABOUT = Names(
    {
        "run": N_("run"),
        "dataset_version": N_("dataset version"),
        "code_version": N_("code version"),
        "seed": N_("seed"),
        "embedding": N_("embedding"),
        "digest": N_("digest"),
    }
)
_UNDER = Names({"origin": N_("origin"), "unseen": N_("unseen")})
_METRICS = Names({"accuracy": N_("accuracy"), "f1_0": "f1_0", "f1_1": "f1_1"})
_KINDS = Names(
    {
        "promoted": N_("promoted"),
        "rolled_back": N_("rolled back"),
        "default": N_("default model changed"),
    }
)

#: Of changes: by the code of a retrain's reason, else by the words of who did it by hand.
_REASONS = Names(
    {
        "first-of-family": N_("the first of its family"),
        "unloadable": N_("the one before cannot be loaded any more"),
        "not-worse": N_("meets the requirement and is not worse than the one before"),
        "by hand": N_("by hand"),
        "rollback by hand": N_("rollback by hand"),
    }
)


@app.command("list")
def list_models(
    last: Annotated[int, typer.Option(help="How many of the newest runs.", min=1)] = 20,
) -> None:
    """The models of the newest runs, oldest first, and those that serve."""
    from satispy.models import FAMILIES
    from satispy.registry import pointer
    from satispy.registry.archives import archives
    from satispy.registry.pointer import ASPECTS
    from satispy.reports import store as reports

    store, _models = bucket_and_models()
    try:
        now = pointer.read(store)
    except BrokenArtefact as error:
        console.print(f"[yellow]{told(error)}[/]\n", soft_wrap=True)
        now = pointer.Promoted()
    serving = {production.tag: family for family, production in now.families.items()}
    sizes = archives(store)
    if now.aspects:
        serving[now.aspects.tag] = ASPECTS
    judging = [tag for tag in sorted(sizes, key=_age) if _family(tag) in (*FAMILIES, ASPECTS)]
    newest = set(list(dict.fromkeys(map(_run, judging)))[-last:])
    listed = [tag for tag in judging if _run(tag) in newest or tag in serving]
    scored = {
        model.tag: (report.dataset_version, model)
        for run in dict.fromkeys(map(_run, listed))
        if (report := reports.newest(store, [run]))
        for model in report.models.values()
    }
    columns = (_("dataset"), _("accuracy"), "f1_0", "f1_1", _("unseen"), _("size"))
    made = table("", _("model"), *columns, words=("",), tags=(_("model"),))
    for tag in listed:
        family, version = _family(tag), tag.partition(":")[2]
        mark = f"[green]●[/]{'★' if family == now.default_model else ''}" if tag in serving else ""
        dataset, model = scored.get(tag, (None, None))
        scores = ["–"] * 4
        if model is not None:
            origin = model.origin
            shown = (origin.accuracy, origin.f1_0, origin.f1_1, model.unseen.accuracy)
            scores = [decimal(score) for score in shown]
        row = (
            mark,
            f"{family}:{version}",
            str(dataset or "–"),
            *scores,
            _("%(size)s MB", size=decimal(sizes[tag] / 1e6, 1)),
        )
        made.add_row(*row)
    if not made.row_count:
        console.print(_("No model yet: each upload that adds reviews trains three."))
        return
    print_table(made, console)
    serves, answers = _("serves its family"), _("answers when no model is asked for")
    console.print(f"\n[green]●[/] {serves}   [bold]★[/] {answers}")
    if older := len(judging) - len(listed):
        said = ngettext(
            "%(num)s older one is not shown: --last",
            "%(num)s older ones are not shown: --last",
            older,
        )
        console.print(said, highlight=False)


@app.command()
def show(model: Model) -> None:
    """What made a model, how it scored, and the evidence of its promotion."""
    from satispy.registry.pointer import ASPECTS
    from satispy.reports import store as reports
    from satispy.reports.blind_spots import blind_spots
    from satispy.reports.schema import Misbehaved

    store, models = bucket_and_models()
    tag = _here(model, store, models)
    saved = models.describe(tag)
    about = saved.metadata
    saved_at = _("saved %(at)s", at=moment(saved.created))
    console.print(f"[bold]{tag}[/], {saved_at}\n", highlight=False)
    for name, called in _ABOUT.items():
        if about.get(name):
            _line(called, str(about[name]))
    if _family(tag) == ASPECTS:
        _line(_("aspects"), ", ".join(about.get("names", ())))
        return
    for under in _UNDER:
        scores = about.get(under, {})
        line = ", ".join(f"{_METRICS[n]} {decimal(scores[n], 4)}" for n in _METRICS if n in scores)
        _line(_UNDER[under], line)
    report = reports.read(store, about["run"])
    scored = next((m for m in report.models.values() if m.tag == tag), None)
    if scored is None:
        return
    for spot in blind_spots([scored]):
        found = spot.found[scored.family]
        said = _(
            "%(by)s %(value)s: finds %(share)s of the %(rows)s %(label)s reviews",
            by=names.PARTS.get(spot.by, spot.by),
            value=names.part_value(spot.value),
            share=percent(found, 0),
            rows=count(spot.rows),
            label=names.LABELS_OF_REVIEWS.get(spot.label, spot.label),
        )
        _line(_("blind spot"), said, "yellow")
    decision = scored.decision
    if decision is None:
        return
    verdict = _("promoted") if decision.promoted else _("not promoted")
    style = "green" if decision.promoted else "yellow"
    said = _(": %(word)s", word=_reason(decision))
    console.print(f"\n  [{style}]{verdict}[/]{said}", soft_wrap=True)
    rows = ngettext("on %(num)s row", "on %(num)s rows", decision.rows)
    for metric, gain in decision.gain.items():
        between = f"{signed(gain.low, 4)} … {signed(gain.high, 4)}"
        _line(_METRICS.get(metric, metric), f"{between} {rows}")
    failed = decision.why.failed if isinstance(decision.why, Misbehaved) else []
    least = {each.kind: each.required for each in failed}
    console.print("\n  " + _("Share recognised of remarks whose label is known:"))
    for kind, share in decision.behaviour.items():
        line = f"    {names.behaviour(kind):48} {percent(share, 0):>5}"
        if kind in least:
            needed = _("at least %(share)s", share=percent(least[kind], 0))
            console.print(f"[yellow]{line}, {needed}[/]", highlight=False)
        else:
            console.print(line, highlight=False)


@app.command()
def compare(a: Model, b: Model) -> None:
    """Two models on the test rows of b's run that a never saw: is one better beyond noise?"""
    import numpy as np

    from satispy.promotion import comparing

    store, models = bucket_and_models()
    tags = [_here(model, store, models) for model in (a, b)]
    first, second = (comparing.Model(tag, models.describe(tag).metadata) for tag in tags)

    def says(tag: str, texts: "Sequence[str]") -> np.ndarray:
        return np.array([each.probability for each in models.load(tag).predict(texts)])

    with console.status(_("Asking both")):
        found = comparing.compare(store, first, second, says)
    console.print(_("From %(first)s to %(second)s", first=tags[0], second=tags[1]))
    on = _(
        "on %(rows)s test rows that neither learned from, with 95 %% intervals",
        rows=count(found.rows),
    )
    console.print(f"{on}\n")
    for metric, gain in found.gains.items():
        beyond = _("better") if gain.low > 0 else _("worse") if gain.high < 0 else None
        verdict = beyond or _("within noise")
        between = f"{signed(gain.low, 4)} … {signed(gain.high, 4)}"
        console.print(f"  {_METRICS[metric]:10} {between}  {verdict}")


@app.command()
def promote(model: Model) -> None:
    """Let this version serve its family, whatever the evidence says."""
    from satispy.registry import pointer
    from satispy.registry.by_hand import family_of, production_of

    store, models = bucket_and_models()
    tag = _here(model, store, models)
    production = production_of(tag, models.describe(tag).metadata, datetime.now(UTC))
    family = family_of(tag)
    pointer.promote(store, family, production, "by hand", me())
    said = _("%(tag)s serves %(family)s", tag=tag, family=family)
    console.print(f"[green]✓[/] {said}")


@app.command()
def rollback(family: Family) -> None:
    """Let the version serve again that the current one replaced."""
    from satispy.registry import pointer

    store, _models = bucket_and_models()
    now = pointer.rollback(store, family, datetime.now(UTC), me(), "rollback by hand")
    serving = now.of(family)
    assert serving is not None  # noqa: S101  it has just been brought back
    said = _("%(tag)s serves %(family)s again", tag=serving.tag, family=family)
    console.print(f"[green]✓[/] {said}")


@app.command()
def taxonomy(
    file: Annotated[
        Path | None, typer.Argument(help="Yours, to be checked and put in the bucket.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check it.")] = False,
) -> None:
    """Print what the next retrain knows aspects by, or put a file of your own in its place."""
    from satispy.aspects.taxonomy import parse
    from satispy.promotion import aspects

    store, _models = bucket_and_models()
    if file is None:
        typer.echo(aspects.taxonomy(store).source, nl=False)
        return
    named = aspects.examined(parse(file.read_text("utf-8"), file.name)).taxonomy.names
    if check:
        said = _("%(file)s is good: %(aspects)s", file=file, aspects=", ".join(named))
    else:
        store.write(aspects.TAXONOMY, file)
        said = _(
            "%(file)s is what the next retrain knows aspects by: %(aspects)s",
            file=file,
            aspects=", ".join(named),
        )
    console.print(f"[green]✓[/] {said}", soft_wrap=True)


@app.command()
def served(
    on: Annotated[
        str, typer.Option(help="2026-11-20: at the end of that day; or with a time; or 7d ago.")
    ] = "0h",
) -> None:
    """Which models served at a date, since when, and who let them."""
    from satispy.registry.served import served as of

    store, _models = bucket_and_models()
    asked = point_in_time(on, end_of_day=True)
    found = of(store, asked.astimezone(UTC))
    made = table(_("family"), _("model"), words=(_("family"),), tags=(_("model"),))
    for family, tag in sorted(found.then.tags.items()):
        star = "[bold]★[/]" if family == found.then.default_model else ""
        made.add_row(f"{family}{star}", tag)
    print_table(made, console)
    console.print(
        "\n"
        + _(
            "since %(at)s: %(what)s by %(who)s (%(via)s), %(why)s",
            at=moment(found.when),
            what=_KINDS.get(found.kind, found.kind.replace("_", " ")),
            who=found.by.who,
            via=found.by.via,
            why=_REASONS.get(found.code or found.reason, found.reason),
        ),
        soft_wrap=True,
        highlight=False,
        markup=False,
    )


@app.command()
def native(
    model: Model,
    file: Annotated[Path, typer.Argument(help="Where to write the zip", dir_okay=False)],
) -> None:
    """Download the LightGBM, scikit-learn or Keras objects behind a model, for research."""
    from satispy.registry.archives import native_key

    store, _models = bucket_and_models()
    tag = _tag(model, store)
    if not store.exists(native_key(tag)):
        raise NotFound(
            "nothing is kept of %(tag)s; `satispy models list` shows all models", tag=tag
        )
    store.download(native_key(tag), file)
    said = _("%(file)s; satispy.models.training.native.unpack reads it", file=file)
    console.print(f"[green]✓[/] {said}")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(help="How many versions of each family to keep")] = 5,
) -> None:
    """Delete old versions from the store of this machine; never what serves, nor any archive."""
    from satispy.models.family import BY_NAME
    from satispy.registry import pointer
    from satispy.registry.store import ASPECTS_MODEL, VECTORS

    if keep < 1:
        raise SatispyError("--keep must be 1 or more")
    store, models = bucket_and_models()
    now = pointer.read(store)
    serving = {each.tag for each in (*now.families.values(), now.aspects) if each is not None}
    gone = 0
    for name in (*(family.model for family in BY_NAME.values()), ASPECTS_MODEL):
        for saved in models.list(name)[:-keep]:
            if saved.tag not in serving:
                models.delete(saved.tag)
                gone += 1
    pinned = {saved.metadata.get("vectors") for saved in models.list()}
    for saved in models.list(VECTORS)[:-1]:  # the newest may be waiting for its first model
        if saved.tag not in pinned:
            models.delete(saved.tag)
            gone += 1
    said = _("%(gone)s deleted from this machine; their archives stay in S3", gone=count(gone))
    console.print(f"[green]✓[/] {said}")


def _line(name: str, said: str, style: str = "") -> None:
    line = Text.assemble("  ", (f"{name:18}", style), f" {said}")
    console.print(line, soft_wrap=True)


def _reason(decision: "Decision") -> str:
    from satispy.reports import english

    if decision.why is None:
        return decision.reason
    return told(english.reason(decision.why, decision.against))


def _family(tag: str) -> str:
    return tag.removeprefix("satispy-").partition(":")[0]


def _run(tag: str) -> str:
    """Of `satispy-gbc:v00003-2-1f2e`, `v00003-2`."""
    return tag.partition(":")[2].rpartition("-")[0]


def _age(tag: str) -> tuple[int, str, str]:
    """Of two models the older first, and those of one run by name: `v00003-1f2e` is run v00003."""
    from satispy.registry.archives import age

    name, number, version = age(tag)
    return number, version.rpartition("-")[0], name


def _tag(given: str, store: "Store") -> str:
    """A family alone stands for the version of it that serves."""
    from satispy.registry import pointer
    from satispy.registry.archives import find

    if ":" in given:
        return find(store, given)
    serving = pointer.read(store).of(given.removeprefix("satispy-"))
    if serving is None:
        raise NotFound("no %(given)s serves; `satispy models list` shows all models", given=given)
    return serving.tag


def _here(given: str, store: "Store", models: "ModelStore") -> str:
    """The tag, its model fetched from S3 if this machine has not got it."""
    tag = _tag(given, store)
    models.fetch(tag, store)
    return tag
