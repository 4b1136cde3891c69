"""Alerts in the reader's words: what each is, its cause, what to do, and where to look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from satispy.alerts.book import Book
from satispy.alerts.facts import Alert, Code
from satispy.dashboard.causes import title_of
from satispy.keys import shown
from satispy.locales.formats import day, decimal, moment, percent
from satispy.locales.messages import N_, Names, _, ngettext
from satispy.locales.names import METRICS_IN_TEXT, family, slice_name
from satispy.reports.insights import Title
from satispy.reports.schema import REQUIREMENT

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
    title: str
    cause: str
    step: str
    link: str = ""  # an address of the app
    link_text: str = ""
    examples: Sequence[str] = ()

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


def told(alert: Alert, titles: Mapping[str, Title]) -> Told:
    """titles: of aspects, as the newest insights name them."""
    facts = alert.facts
    run = _text(facts.get("run"))
    to_run = {
        "link": f"#entrainements.{run}",
        "link_text": _("Voir l’entraînement %(run)s", run=run),
    }
    match alert.code:
        case Code.INCIDENT:
            return _incident(alert, titles)
        case Code.REQUIREMENT_MISSED:
            return Told(
                alert,
                _("Exigence manquée : %(family)s", family=family(alert.subject)),
                _(
                    "%(missed)s à l’entraînement %(run)s ; il faut plus de %(least)s.",
                    missed=_missed(facts.get("missed")),
                    run=run,
                    least=percent(REQUIREMENT, 0),
                ),
                _(
                    "Regardez ses angles morts et la dérive. Ce qui répondait avant répond encore,"
                    " sauf si le nouveau est meilleur."
                ),
                **to_run,
            )
        case Code.DRIFT:
            return Told(
                alert,
                _("Dérive : %(upload)s", upload=_text(facts.get("upload"))),
                _(
                    "Ces avis ne ressemblent pas à ceux d’avant : %(drifted)s.",
                    drifted=", ".join(map(slice_name, _texts(facts.get("drifted")))),
                ),
                _(
                    "Est-ce le bon fichier, avec les bonnes colonnes ? Sinon, « satispy reviews"
                    " restore » rend la version d’avant."
                ),
                **to_run,
            )
        case Code.RETRAIN_FAILED:
            return Told(
                alert,
                _("Entraînement échoué"),
                _("%(run)s a échoué ; les modèles d’avant répondent toujours.", run=run),
                _(
                    "« satispy logs functions » dit pourquoi. Une fois corrigé, lancez un"
                    " entraînement."
                ),
                "#entrainements",
                _("Entraînements"),
            )
        case Code.RETRAIN_STUCK:
            return Told(
                alert,
                _("Entraînement disparu"),
                _("%(run)s a commencé, et plus rien n’en vient.", run=run),
                _(
                    "« satispy status » et « satispy logs functions » disent où il s’est arrêté. Un"
                    " entraînement suivant prend sa place de lui-même."
                ),
                "#entrainements",
                _("Entraînements"),
            )
        case Code.DEAD_LETTERS:
            return Told(
                alert,
                _("Fichier abandonné"),
                _("Un fichier a échoué plusieurs fois ; il attend, et rien n’en est perdu."),
                _(
                    "« satispy logs functions » dit pourquoi. Une fois corrigé, « satispy reviews"
                    " replay » le reprend."
                ),
                "#donnees",
                _("Données"),
            )
        case Code.OLD_MODEL:
            return Told(
                alert,
                _("Modèle ancien : %(family)s", family=family(alert.subject)),
                _(
                    "%(tag)s répond depuis plus de %(days)s jours.",
                    tag=_text(facts.get("tag")),
                    days=_number(facts.get("days")),
                ),
                _(
                    "Y a-t-il de nouveaux avis ? Lancez un entraînement. Sinon, relevez"
                    " SATISPY_OLD_MODEL_DAYS."
                ),
                "#entrainements",
                _("Entraînements"),
            )
        case Code.TEST:
            return Told(
                alert,
                _("Message d’essai"),
                _("%(who)s a demandé ce message.", who=shown(alert.subject)),
                _("Rien n’est à faire."),
            )


def _incident(alert: Alert, titles: Mapping[str, Title]) -> Told:
    facts = alert.facts
    complaints, reviews = (int(_float(facts.get(name))) for name in ("complaints", "reviews"))
    company = _text(facts.get("company")) or _("sans enseigne")
    source = f" ({_text(facts.get('source'))})" if facts.get("source") else ""
    return Told(
        alert,
        f"{title_of(titles, str(facts.get('aspect')))}, {company}{source}",
        ngettext(
            "%(num)s plainte sur %(reviews)s avis depuis le %(since)s : %(share)s au lieu de"
            " %(usual)s d’habitude.",
            "%(num)s plaintes sur %(reviews)s avis depuis le %(since)s : %(share)s au lieu de"
            " %(usual)s d’habitude.",
            complaints,
            reviews=reviews,
            since=day(alert.since.date()),
            share=percent(complaints / reviews if reviews else 0, 0),
            usual=percent(_float(facts.get("usual")), 0),
        ),
        _("Lisez ce que disent les avis, et prévenez qui peut y remédier."),
        "#pourquoi",
        _("Lire les avis"),
        _texts(facts.get("examples")),
    )


def _missed(missed: object) -> str:
    scores = missed if isinstance(missed, Mapping) else {}
    return ", ".join(
        _(
            "%(metric)s à %(value)s",
            metric=METRICS_IN_TEXT.get(name, name),
            value=percent(_float(value)),
        )
        for name, value in scores.items()
    )


def _text(value: object) -> str:
    """On one line, whatever a file or a column was called."""
    return shown(str(value or ""))


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _number(value: object) -> str:
    """90.0 → 90; 0.5 → 0,5"""
    number = _float(value)
    return decimal(number, 0 if number == int(number) else 1)
