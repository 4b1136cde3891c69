"""Entries of the journal in sentences, in the reader's language."""

from datetime import UTC, datetime

from satispy.dashboard import entries
from satispy.dashboard.render import render
from satispy.journal import Actor, Entry
from satispy.locales.reader import Reader, answering


def entry(what: str, why: str = "", *, before: object = None, after: object = None) -> Entry:
    return Entry.model_validate(
        {
            "by": Actor(who="publish", via="pipeline"),
            "what": what,
            "on": "gbc",
            "why": why,
            "before": before or {},
            "after": after or {},
            "number": 7,
            "when": datetime(2026, 11, 3, tzinfo=UTC),
            "event": "e",
            "previous": "0",
            "hash": "1",
        }
    )


PROMOTED = entry(
    "model.promoted",
    "meets the requirement and is not worse than satispy-gbc:v00001-0a1b",
    before={"tag": "satispy-gbc:v00001-0a1b"},
    after={"tag": "satispy-gbc:v00002-1f2e", "change": {"code": "not-worse", "number": 3}},
)
MERGED = entry(
    "upload.merged",
    after={
        "added": 1600,
        "dataset_version": 3,
        "duplicate": 1,
        "rejected": 0,
        "run": "v00003",
        "later": True,
    },
)


def test_a_retrains_reason_is_said_from_its_code_and_models_by_their_names() -> None:
    assert entries.why(PROMOTED) == "exigence tenue, et pas moins bon au-delà du hasard"
    assert entries.on(PROMOTED) == "GBC"
    assert entries.changed(PROMOTED) == "GBC v00002, à la place de GBC v00001"
    with answering(Reader("en")):
        assert entries.why(PROMOTED) == "requirement met, and not worse beyond chance"
        assert entries.changed(PROMOTED) == "GBC v00002, in the place of GBC v00001"


def test_what_a_person_wrote_stays_as_it_is() -> None:
    by_hand = entry("model.promoted", "Noël approche", after={"tag": "satispy-svm:v00009"})
    with answering(Reader("en")):
        assert entries.why(by_hand) == "Noël approche"
        assert entries.changed(by_hand) == "SVM v00009"


def test_the_counts_of_a_file_are_said_in_words_and_zeros_are_not() -> None:
    said = "1\u202f600 avis ajoutés, 1 déjà connu, version 3 des avis, entraînement v00003"
    assert entries.changed(MERGED).startswith(said)
    with answering(Reader("en")):
        assert entries.changed(MERGED).startswith("1,600 reviews added, 1 known already")


def test_what_others_wrote_is_made_harmless_and_figures_stay_as_they_are_written() -> None:
    sent = entry("upload.merged", after={"added": 1600, "upload": "a\nb"})
    row = sent, entries.on(sent), entries.why(sent), entries.changed(sent)
    table = render("journal_table.html", rows=[row])
    assert "1\u202f600 avis ajoutés, depuis le fichier a\\nb" in table


def test_a_fact_of_a_later_version_is_shown_by_its_name() -> None:
    assert entries.changed(entry("later.act", before={"mood": "a"}, after={"mood": "b"})) == (
        "mood a → b"
    )
