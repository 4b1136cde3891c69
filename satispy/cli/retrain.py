"""`satispy retrain`: train on the reviews as they are, without an upload."""

from rich.console import Console

from satispy.errors import NotFound
from satispy.settings import Settings


def retrain() -> None:
    """Train on the current reviews by hand; an upload does it by itself."""
    from satispy import journal
    from satispy.cli._me import me
    from satispy.journal import Fact, What
    from satispy.retraining.start import ask_for_retrain
    from satispy.reviews import ReviewTable
    from satispy.storage import Store

    settings = Settings()
    store = Store.bucket(settings)
    version = ReviewTable(store).version()
    if not version:
        raise NotFound("There are no reviews to train on yet: satispy upload FILE.csv")
    what = Fact(by=me(), what=What.RETRAIN_ASKED, on=f"version {version}")
    with journal.acting(store, what):
        run = ask_for_retrain(settings, store, version, by_hand=True)
    Console().print(
        f"[green]✓[/] {run} is started on dataset version {version}; satispy logs functions -f"
        f" shows its steps, and it will be in reports/{run}.json",
        highlight=False,
    )


commands = {"retrain": retrain}
