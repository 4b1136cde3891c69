"""`satispy models …`: what was trained, what serves, and why; promote, go back, tidy up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from satispy.cli._me import me
from satispy.cli._stores import bucket_and_models
from satispy.cli._terminal import moment, point_in_time, print_table, table
from satispy.errors import BrokenArtefact, NotFound, SatispyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satispy.registry.store import ModelStore
    from satispy.storage import Store

app = typer.Typer(help="What was trained, what serves, and why.", no_args_is_help=True)
console = Console()

Model = Annotated[
    str,
    typer.Argument(help="As `satispy models list` shows it, or gbc:v00003, or gbc: what serves"),
]
Family = Annotated[str, typer.Argument(help="gbc, svm or ann; aspects: what reviews speak of")]


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

    store, _ = bucket_and_models()
    try:
        now = pointer.read(store)
    except BrokenArtefact as error:
        console.print(f"[yellow]{error}[/]\n", soft_wrap=True)
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
    names = ("", "model", "dataset", "accuracy", "f1_0", "f1_1", "unseen", "size")
    made = table(*names, words=("",), tags=("model",))
    for tag in listed:
        family, version = _family(tag), tag.partition(":")[2]
        mark = f"[green]●[/]{'★' if family == now.default_model else ''}" if tag in serving else ""
        dataset, model = scored.get(tag, (None, None))
        scores = ["–"] * 4
        if model is not None:
            origin = model.origin
            shown = (origin.accuracy, origin.f1_0, origin.f1_1, model.unseen.accuracy)
            scores = [f"{score:.3f}" for score in shown]
        row = (
            mark,
            f"{family}:{version}",
            str(dataset or "–"),
            *scores,
            f"{sizes[tag] / 1e6:.1f} MB",
        )
        made.add_row(*row)
    if not made.row_count:
        console.print("No model yet: each upload that adds reviews trains three.")
        return
    print_table(made, console)
    console.print("\n[green]●[/] serves its family   [bold]★[/] answers when no model is asked for")
    if older := len(judging) - len(listed):
        console.print(f"{older:,} older ones are not shown: --last", highlight=False)


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
    console.print(f"[bold]{tag}[/], saved {saved.created:%Y-%m-%d %H:%M} UTC\n")
    for name in ("run", "dataset_version", "code_version", "seed", "embedding", "digest"):
        if about.get(name):
            console.print(f"  {name.replace('_', ' '):16} {about[name]}", soft_wrap=True)
    if _family(tag) == ASPECTS:
        console.print(f"  {'aspects':16} {', '.join(about.get('names', ()))}", soft_wrap=True)
        return
    for under in ("origin", "unseen"):
        scores = about.get(under, {})
        line = ", ".join(
            f"{n} {scores[n]:.4f}" for n in ("accuracy", "f1_0", "f1_1") if n in scores
        )
        console.print(f"  {under:16} {line}")
    report = reports.read(store, about["run"])
    scored = next((m for m in report.models.values() if m.tag == tag), None)
    if scored is None:
        return
    for spot in blind_spots([scored]):
        found = spot.found[scored.family]
        console.print(
            f"  [yellow]blind spot[/]       {spot.by} {spot.value}: finds {found:.0%} of the"
            f" {spot.rows} {spot.label} reviews",
            soft_wrap=True,
        )
    decision = scored.decision
    if decision is None:
        return
    verdict = "[green]promoted[/]" if decision.promoted else "[yellow]not promoted[/]"
    console.print(f"\n  {verdict}: {decision.reason}", soft_wrap=True)
    for metric, gain in decision.gain.items():
        console.print(f"  {metric:16} {gain.low:+.4f} … {gain.high:+.4f} on {decision.rows} rows")
    if failed := isinstance(decision.why, Misbehaved) and decision.why.failed:
        console.print("\n  Remarks whose label is known, of which too few were recognised:")
        for each in failed:
            console.print(f"    {each.kind:26} {each.right:4.0%}, at least {each.required:.0%}")
    answers = ", ".join(f"{kind} {share:.0%}" for kind, share in decision.behaviour.items())
    console.print(f"  {'behaviour':16} {answers}", soft_wrap=True)


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

    with console.status("Asking both"):
        found = comparing.compare(store, first, second, says)
    console.print(f"From {tags[0]} to {tags[1]}")
    console.print(f"on {found.rows} test rows that neither learned from, with 95 % intervals\n")
    for metric, gain in found.gains.items():
        verdict = "better" if gain.low > 0 else "worse" if gain.high < 0 else "within noise"
        console.print(f"  {metric:10} {gain.low:+.4f} … {gain.high:+.4f}  {verdict}")


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
    console.print(f"[green]✓[/] {tag} serves {family}")


@app.command()
def rollback(family: Family) -> None:
    """Let the version serve again that the current one replaced."""
    from satispy.registry import pointer

    store, _ = bucket_and_models()
    now = pointer.rollback(store, family, datetime.now(UTC), me(), "rollback by hand")
    serving = now.of(family)
    assert serving is not None  # noqa: S101  it has just been brought back
    console.print(f"[green]✓[/] {serving.tag} serves {family} again")


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

    store, _ = bucket_and_models()
    if file is None:
        typer.echo(aspects.taxonomy(store).source, nl=False)
        return
    named = aspects.examined(parse(file.read_text("utf-8"), file.name)).taxonomy.names
    said = "is good"
    if not check:
        store.write(aspects.TAXONOMY, file)
        said = "is what the next retrain knows aspects by"
    console.print(f"[green]✓[/] {file} {said}: {', '.join(named)}", soft_wrap=True)


@app.command()
def served(
    on: Annotated[
        str, typer.Option(help="2026-11-20: at the end of that day; or with a time; or 7d ago.")
    ] = "0h",
) -> None:
    """Which models served at a date, since when, and who let them."""
    from satispy.registry.served import served as of

    store, _ = bucket_and_models()
    asked = point_in_time(on, end_of_day=True)
    found = of(store, asked.astimezone(UTC))
    made = table("family", "model", words=("family",), tags=("model",))
    for family, tag in sorted(found.then.tags.items()):
        star = "[bold]★[/]" if family == found.then.default_model else ""
        made.add_row(f"{family}{star}", tag)
    print_table(made, console)
    console.print(
        f"\nsince {moment(found.when)}: {found.kind.replace('_', ' ')} by {found.by.who}"
        f" ({found.by.via}), {found.reason}",
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

    store, _ = bucket_and_models()
    tag = _tag(model, store)
    if not store.exists(native_key(tag)):
        raise NotFound(f"nothing is kept of {tag}; `satispy models list` shows all models")
    store.download(native_key(tag), file)
    console.print(f"[green]✓[/] {file}; satispy.models.training.native.unpack reads it")


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
    console.print(f"[green]✓[/] {gone} deleted from this machine; their archives stay in S3")


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
        raise NotFound(f"no {given} serves; `satispy models list` shows all models")
    return serving.tag


def _here(given: str, store: "Store", models: "ModelStore") -> str:
    """The tag, its model fetched from S3 if this machine has not got it."""
    tag = _tag(given, store)
    models.fetch(tag, store)
    return tag
