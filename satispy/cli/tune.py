"""`satispy tune`: look for better hyper-parameters."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from satispy.errors import NotFound, SatispyError
from satispy.locales.formats import count, decimal, signed
from satispy.locales.messages import _
from satispy.settings import Settings

if TYPE_CHECKING:
    from satispy.retraining.tuning import Trial, Tuning

console = Console(highlight=False)


def tune(
    model: Annotated[str, typer.Argument(help="gbc, svm or ann")],
    trials: Annotated[int, typer.Option(min=1, help="How many values to try at most")] = 30,
    seconds: Annotated[
        float | None, typer.Option(help="Begin no further trial after so many")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the folds, the fits and the draws")] = None,
    version: Annotated[
        int | None, typer.Option(help="Of the dataset; the newest if not given")
    ] = None,
) -> None:
    """Search better hyper-parameters for a model, by cross-validation of training rows.

    What is set now is tried first; no test row is read. Ctrl-C ends it with what was found so far.
    """
    from satispy.models import FAMILIES
    from satispy.models.parameters import Parameters
    from satispy.registry.store import ModelStore
    from satispy.retraining.tuning import Search, Tuning, training_rows
    from satispy.reviews import ReviewTable
    from satispy.storage import Store

    if model not in FAMILIES:
        raise SatispyError(
            "%(model)s is not one of %(families)s", model=model, families=", ".join(FAMILIES)
        )
    settings = Settings()
    store = Store.bucket(settings)
    version = version or ReviewTable(store).version()
    if not version:
        raise NotFound("there are no reviews yet to learn from: satispy upload FILE.csv")
    seed = settings.seed if seed is None else seed
    with console.status(
        _("Reading dataset version %(version)s, preparing its training rows", version=version)
    ):
        models = ModelStore(settings.bentoml_home)
        rows, vectors = training_rows(
            *(store, models, model, version, seed, settings.embeddings),
            primer=settings.primer,
            max_rows=settings.max_training_rows,
            buckets=partial(Store.bucket, settings),
        )
    said = _(
        "%(rows)s training rows of version %(version)s",
        rows=count(len(rows.labels)),
        version=version,
    )
    console.print(f"[bold]{model}[/], {said}\n")
    created = datetime.now(UTC)
    with _progress(trials, seconds) as tell:
        parameters = Parameters.model_validate(settings.parameters)
        search = Search(model, rows, vectors, parameters, seed, tell)
        tried = _watched(search.trials(trials, seconds))
    if not tried:
        raise SatispyError("Stopped before anything was tried")
    tuning = Tuning(
        family=model,
        dataset_version=version,
        training_rows=len(rows.labels),
        seed=seed,
        created=created,
        trials=tried,
    )
    key = tuning.save(store)
    _conclude(tuning, settings.parameters)
    where = f"{store.url}/{key}"
    console.print("\n" + _("Every trial: %(url)s", url=where), soft_wrap=True)


def _watched(trials: "Iterable[Trial]") -> "list[Trial]":
    """A line for each trial as it ends."""
    tried: list[Trial] = []
    best = 0.0
    try:
        for trial in trials:
            tried.append(trial)
            values = _("set now") if trial.number == 1 else _changed(trial, tried[0])
            if not trial.whole:
                figure = "[dim]" + _("given up in fold %(fold)s", fold=len(trial.accuracies))
            elif trial.accuracy > best:
                best = trial.accuracy
                figure = f"[green]{decimal(trial.accuracy, 4)}[/] ± {decimal(trial.sd, 4)}"
            else:
                figure = f"{decimal(trial.accuracy, 4)} ± {decimal(trial.sd, 4)}"
            line = f"{trial.number:>4}  {figure} {decimal(trial.seconds, 1):>6} s  {escape(values)}"
            console.print(line, overflow="ellipsis", no_wrap=True)
    except KeyboardInterrupt:
        console.print(_("[yellow]Stopped[/]; what was found so far:"))
    return tried


def _conclude(tuning: "Tuning", set_now: dict[str, Any]) -> None:
    now, best = tuning.trials[0], tuning.best
    console.print(
        _(
            "%(folds)s folds, twins together; accuracy ± sd over them; seconds of one fit",
            folds=tuning.folds,
        )
    )
    _line(_("set now"), now)
    if best is now:
        console.print(_("Nothing that was tried is better than what is set now."))
        return
    _line(_("best"), best)
    gain, error = best.gain or 0.0, best.gain_error or 0.0
    clear = gain > 2 * error
    clearly, unclear = _("[green]beyond noise[/]"), _("[yellow]within noise[/]: leave it as it is")
    same = _("on the same rows, %(verdict)s", verdict=clearly if clear else unclear)
    named = _("gain")
    console.print(f"  {named:9}{signed(gain, 4)} ± {decimal(error, 4)} {same}")
    console.print(f"\n  {escape(_changed(best, now))}")
    console.print(
        "\n"
        + _(
            "The best of %(trials)s looks a little better than it is; a retrain with it tells, and"
            " promotes it only if it is not worse than what serves. To try it:",
            trials=len(tuning.trials),
        )
        + "\n"
    )
    overrides = json.dumps(tuning.overrides(set_now))
    console.print(f"  export SATISPY_PARAMETERS='{escape(overrides)}'", soft_wrap=True)
    console.print(
        "  satispy up         # " + _("or, in AWS, the template's parameter ModelParameters")
    )
    console.print("  satispy retrain")


def _line(name: str, trial: "Trial") -> None:
    figures = f"{decimal(trial.accuracy, 4)} ± {decimal(trial.sd, 4)}"
    console.print(f"  {name:10}{figures} {decimal(trial.seconds, 1):>6} s")


def _changed(trial: "Trial", now: "Trial") -> str:
    return ", ".join(
        f"{name} {json.dumps(value)}"
        for name, value in trial.values.items()
        if value != now.values[name]
    )


@contextmanager
def _progress(trials: int, seconds: float | None) -> Iterator[Callable[[int, int], None]]:
    """A bar over the trials, or over the seconds where they run out first."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=1)

        def tell(trial: int, fold: int) -> None:
            share = (trial - 1 + (fold - 1) / 4) / trials
            if seconds:
                share = max(share, min(bars.tasks[0].elapsed or 0, seconds) / seconds)
            bars.update(
                task,
                description=_("trial %(trial)s, fold %(fold)s", trial=trial, fold=fold),
                completed=share,
            )

        yield tell


commands = {"tune": tune}
