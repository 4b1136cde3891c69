"""`satispy retrain`: train on the reviews as they are, without an upload."""

from rich.console import Console

from satispy.errors import NotFound
from satispy.locales.formats import count, decimal
from satispy.locales.messages import _
from satispy.settings import Settings


def retrain() -> None:
    """Train on the current reviews by hand; an upload does it by itself.

    Of as many reviews as workers of Dask are for (SATISPY_ENGINE), it is done here and waited for.
    """
    from satispy import journal
    from satispy.cli._me import me
    from satispy.cli._place import in_the_cloud
    from satispy.cli._stores import bucket_and_models
    from satispy.journal import Fact, What
    from satispy.retraining.at_scale.by_hand import is_beyond_one_machine, retrain_here
    from satispy.retraining.start import ask_for_retrain
    from satispy.reviews import ReviewTable

    settings = Settings()
    store, models = bucket_and_models()
    version = ReviewTable(store).version()
    if not version:
        raise NotFound("There are no reviews to train on yet: satispy upload FILE.csv")
    what = Fact(by=me(), what=What.RETRAIN_ASKED, on=f"version {version}")
    if not in_the_cloud() and is_beyond_one_machine(settings, store, version):
        with journal.acting(store, what):
            report = retrain_here(settings, store, models, version)
        promoted = [family for family, model in report.models.items() if model.promoted]
        Console().print(
            "[green]✓[/] "
            + _(
                "%(run)s has learned from %(rows)s reviews in %(seconds)s s;"
                " promoted: %(promoted)s",
                run=report.run,
                rows=count(report.rows),
                seconds=decimal(report.seconds, 0),
                promoted=", ".join(promoted) or _("none"),
            ),
            highlight=False,
        )
        return
    with journal.acting(store, what):
        run = ask_for_retrain(settings, store, version, by_hand=True)
    Console().print(
        "[green]✓[/] "
        + _(
            "%(run)s is started on dataset version %(version)s; satispy logs functions -f shows its"
            " steps, and it will be in reports/%(run)s.json",
            run=run,
            version=version,
        ),
        highlight=False,
    )


commands = {"retrain": retrain}
