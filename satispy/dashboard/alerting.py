"""Alerts as the app shows them: the gravest first, where to look, and whom each has reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from satispy.alerts.book import Book
from satispy.alerts.facts import Alert, Code
from satispy.alerts.words import Words, words
from satispy.keys import shown
from satispy.locales.formats import day, moment
from satispy.locales.messages import N_, Names, _

#: What is looked for, the gravest first.
WATCHED = Names(
    {
        Code.INCIDENT: N_("des plaintes au-delà du hasard, dans une enseigne et une source"),
        Code.RETRAIN_FAILED: N_("un entraînement qui échoue"),
        Code.RETRAIN_STUCK: N_("un entraînement dont plus rien ne vient"),
        Code.DEAD_LETTERS: N_("un fichier abandonné après plusieurs essais"),
        Code.REQUIREMENT_MISSED: N_("un modèle sous l’exigence"),
        Code.DRIFT: N_("des avis qui ne ressemblent plus à ceux d’avant"),
        Code.OLD_MODEL: N_("un modèle qui répond depuis trop longtemps"),
    }
)
_GRAVITY = [*WATCHED, Code.TEST]
_WARNINGS = frozenset({Code.DRIFT, Code.OLD_MODEL})
#: What a channel is.
FORMS = Names(
    {
        "generic": N_("webhook signé"),
        "slack": N_("Slack"),
        "teams": N_("Teams"),
        "mail": N_("courriel"),
        "sns": N_("SNS"),
    }
)


@dataclass(frozen=True)
class Told:
    """An alert, and what is said of it."""

    alert: Alert
    words: Words
    link: str
    link_text: str
    examples: Sequence[str]

    @property
    def since(self) -> str:
        """An incident is of days."""
        since = self.alert.since
        return day(since.date()) if self.alert.code == Code.INCIDENT else moment(since)

    @property
    def tone(self) -> str:
        if self.alert.resolved:
            return "over"
        return "warning" if self.alert.code in _WARNINGS else "error"


@dataclass(frozen=True)
class Reached:
    """A channel, and what became of telling it."""

    channel: str
    confirmed: datetime | None
    problem: str = ""


@dataclass(frozen=True)
class Channel(Reached):
    """When it last confirmed any, and what is wrong with it now."""

    form: str = ""


def in_order(alerts: Iterable[Alert], now: datetime) -> list[Alert]:
    """The gravest first, then the oldest; below all others, those that somebody has seen or
    silenced."""
    return sorted(
        alerts,
        key=lambda each: (
            each.acknowledged is not None or each.is_silent(now),
            _GRAVITY.index(each.code),
            each.since,
        ),
    )


def reached(alert: Alert) -> list[Reached]:
    confirmed = [Reached(name, when) for name, when in alert.told.items()]
    tried = [Reached(name, None, one.problem) for name, one in alert.tries.items()]
    return sorted([*confirmed, *tried], key=lambda each: each.channel)


def channels(known: Book, forms: Mapping[str, str]) -> list[Channel]:
    """Those of this process, by the form of each name, and others that alerts were told by."""
    alerts = [*known.open, *known.resolved]
    names = dict.fromkeys(
        [*forms, *(name for each in alerts for name in (*each.told, *each.tries))]
    )
    return [_channel(name, forms.get(name, ""), alerts) for name in names]


def _channel(name: str, form: str, alerts: Sequence[Alert]) -> Channel:
    confirmed = max((each.told[name] for each in alerts if name in each.told), default=None)
    problems = (each.tries[name].problem for each in alerts if name in each.tries)
    return Channel(name, confirmed, next(filter(None, problems), ""), form)


def told(alert: Alert) -> Told:
    examples = alert.facts.get("examples")
    return Told(
        alert,
        words(alert),
        *_look(alert),
        [str(each) for each in examples] if isinstance(examples, list) else [],
    )


def _look(alert: Alert) -> tuple[str, str]:
    """An address of the app, and what its link says."""
    run = shown(str(alert.facts.get("run")))
    match alert.code:
        case Code.INCIDENT:
            return "#pourquoi", _("Lire les avis")
        case Code.REQUIREMENT_MISSED | Code.DRIFT:
            return f"#entrainements.{run}", _("Voir l’entraînement %(run)s", run=run)
        case Code.RETRAIN_FAILED | Code.RETRAIN_STUCK | Code.OLD_MODEL:
            return "#entrainements", _("Entraînements")
        case Code.DEAD_LETTERS:
            return "#donnees", _("Données")
        case Code.TEST:
            return "", ""
