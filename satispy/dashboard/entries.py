"""What an entry of the journal says beside its act: facts and codes as sentences."""

from datetime import datetime
from typing import Final

from pydantic import JsonValue

from satispy.dashboard import sentences
from satispy.journal import Entry
from satispy.keys import shown
from satispy.locales import names
from satispy.locales.formats import moment
from satispy.locales.messages import _, ngettext
from satispy.reports.schema import FirstOfFamily, NotWorse, Unloadable, Why

#: Why a retrain promoted a version, by the code that stands with the change.
_PROMOTED: Final[dict[str, Why]] = {
    each.code: each for each in (FirstOfFamily(), NotWorse(), Unloadable())
}


#: Which facts come first: they are stored by the alphabet.
_ORDER: Final = ("added", "duplicate", "rejected", "dataset_version", "run")


def on(entry: Entry) -> str:
    """What was acted on: families by the names that people know them by."""
    return entry.on.upper() if entry.on in names.FAMILIES else entry.on


def why(entry: Entry) -> str:
    """In the words of whoever acted; a retrain's own reason has a code."""
    change = entry.after.get("change")
    reason = _PROMOTED.get(str(change.get("code"))) if isinstance(change, dict) else None
    return sentences.reason(reason) if reason else entry.why


def changed(entry: Entry) -> str:
    """What is so since, and was before, of what can be said in a word."""
    told = [
        _told(name, _plain(value), _plain(entry.before.get(name)))
        for name, value in sorted(entry.after.items(), key=_place)
        if isinstance(value, str | int | float) and value not in ("", 0)
    ]
    return ", ".join(told)


def _plain(value: JsonValue) -> JsonValue:
    """What others wrote, alone: figures of ours have spaces that `shown` would escape."""
    return shown(value) if isinstance(value, str) else value


def _place(fact: tuple[str, JsonValue]) -> int:
    return _ORDER.index(fact[0]) if fact[0] in _ORDER else len(_ORDER)


def _told(name: str, now: JsonValue, before: JsonValue) -> str:
    match name, now:
        case "added", int():
            return ngettext("%(num)s avis ajouté", "%(num)s avis ajoutés", now)
        case "duplicate", int():
            return ngettext("%(num)s déjà connu", "%(num)s déjà connus", now)
        case "rejected", int():
            return ngettext("%(num)s ligne écartée", "%(num)s lignes écartées", now)
        case "dataset_version", int():
            return _("version %(number)s des avis", number=now)
        case "run", str():
            return _("entraînement %(run)s", run=now)
        case "role", str():
            return names.ROLES.get(now, now)
        case "star", int():
            return f"{before} ★ → {now} ★"
        case "text", bool():
            return _("texte corrigé")
        case "tag", str():
            return _instead(names.model(now), names.model(str(before)) if before else "")
        case "default_model", str():
            return _instead(now.upper(), str(before).upper() if before else "")
        case "days", int() | float():
            return ngettext("après %(num)s jour", "après %(num)s jours", round(now))
        case "upload", str():
            return _("depuis le fichier %(file)s", file=now)
        case "until", str():
            return _("jusqu’au %(moment)s", moment=moment(datetime.fromisoformat(now)))
        case "alert", str():
            return now
        case "entry", int():
            return _("entrée %(number)s", number=now)
        case "what", str():
            return names.ACTS.get(now, now)
    return f"{name} {before} → {now}" if before else f"{name} {now}"


def _instead(now: str, before: str) -> str:
    return _("%(now)s, à la place de %(before)s", now=now, before=before) if before else now
