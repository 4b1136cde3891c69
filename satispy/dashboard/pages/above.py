"""What stands above a page: why there is nothing new to see, and the retrain that is under way."""

from satispy.dashboard.feed import Snapshot
from satispy.dashboard.progress import RunProgress
from satispy.dashboard.render import Slot, notice, render
from satispy.locales.messages import _
from satispy.locales.telling import told


class Progress(Slot):
    """The retrains under way, and failed ones."""

    def show_runs(self, runs: tuple[RunProgress, ...]) -> None:
        self.show(render("progress.html", runs=runs) if runs else "")


class Above:
    """The two places for it, in the order they stand in."""

    def __init__(self) -> None:
        self._trouble, self._progress = Slot(), Progress()
        self.slots = (self._trouble, self._progress)

    def show(self, snapshot: Snapshot) -> None:
        self._trouble.show(trouble(snapshot))
        self._progress.show_runs(snapshot.runs)


def unread(snapshot: Snapshot) -> str:
    """Why what the bucket holds is not known, or not anew; empty where it is."""
    if snapshot.error:
        return notice(
            "error",
            _("Le stockage S3 ne répond pas"),
            _(
                "Les chiffres affichés sont les derniers lus ; la page se remettra à jour"
                " d’elle-même."
            )
            if snapshot.read
            else _("La page s’affichera dès qu’il répondra. Pour voir l’état des services :"),
            command=None if snapshot.read else "satispy status",
            detail=told(snapshot.error),
        )
    return "" if snapshot.read else notice("info", _("Lecture des rapports…"))


def trouble(snapshot: Snapshot) -> str:
    """Why there is nothing to see, or nothing new; empty when all is well."""
    if said := unread(snapshot):
        return said
    if not snapshot.reports and any(not run.failed for run in snapshot.runs):
        return notice(
            "info",
            _("Premier entraînement"),
            _("Ses résultats s’afficheront ici dès qu’il sera fini."),
        )
    if not snapshot.reports:
        return notice(
            "info",
            _("Pas encore de rapport"),
            _(
                "Envoyez un fichier CSV d’avis : les trois modèles seront entraînés, et leurs"
                " résultats s’afficheront ici sans rien recharger."
            ),
            command=_("satispy upload FICHIER.csv"),
        )
    return ""
