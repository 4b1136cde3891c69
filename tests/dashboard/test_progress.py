"""Which retrains are worth a line on the page."""

from datetime import UTC, datetime, timedelta

from made_up_reports import START, make_report

from satispy.dashboard.progress import RunProgress, StageProgress, worth_showing

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def run(state: str, ago: timedelta, seconds: float = 0.0, name: str = "v00007") -> RunProgress:
    return RunProgress(
        name, {"svm": StageProgress(state=state, started=NOW - ago, seconds=seconds)}
    )


def test_a_running_step_is_shown_while_it_may_still_run() -> None:
    assert worth_showing([run("running", timedelta(minutes=14))], [], NOW)
    assert not worth_showing([run("running", timedelta(minutes=20))], [], NOW)


def test_between_two_steps_a_run_is_still_under_way() -> None:
    assert worth_showing([run("done", timedelta(seconds=40), seconds=10)], [], NOW)


def test_a_run_that_ended_without_a_report_was_overtaken_and_is_not_shown() -> None:
    assert not worth_showing([run("done", timedelta(minutes=5), seconds=10)], [], NOW)


def test_a_failed_run_is_shown_until_a_later_report_makes_it_good() -> None:
    failed = run("failed", timedelta(hours=9))
    before, after = make_report(1), make_report(2)
    before = before.model_copy(update={"created": START})
    after = after.model_copy(update={"created": NOW - timedelta(hours=1)})
    assert worth_showing([failed], [before], NOW) == [failed]
    assert worth_showing([failed], [before, after], NOW) == []


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    naive = StageProgress(state="running", started=NOW.replace(tzinfo=None))
    assert naive.moved == NOW
