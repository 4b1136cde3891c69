"""Visits of the app: who is in, for how long, and what ends it."""

import time
from collections.abc import Callable

import pytest
from obstore.store import MemoryStore

from satispy.accounts import Accounts
from satispy.errors import Forbidden
from satispy.storage import Store
from satispy.visits import PREFIX, WRITTEN_AGAIN, Limits, Visits, id_of, key_of

HOUR = 3600.0
LIMITS = Limits(idle=8 * HOUR, longest=168 * HOUR)


class Clock:
    def __init__(self) -> None:
        self.now = time.time()  # the records are tidied by their age in the bucket

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Store:
    return Store(MemoryStore(), "memory://", {})  # conditional writes, as S3 has them


@pytest.fixture
def accounts(store: Store) -> Accounts:
    accounts = Accounts(store, cost=16)
    accounts.create("anne", "admin")
    accounts.create("max", "user")
    return accounts


@pytest.fixture
def visits(store: Store, accounts: Accounts, clock: Clock) -> Visits:
    return Visits(store, accounts, LIMITS, clock)


def test_a_visit_goes_on_for_whoever_began_it(visits: Visits) -> None:
    found = visits.find(id_of(visits.begin("anne")))
    assert found is not None
    assert (found.name, found.role) == ("anne", "admin")
    assert visits.find(id_of("of another's making")) is None


def test_what_the_cookie_holds_is_not_in_the_bucket(visits: Visits, store: Store) -> None:
    pass_ = visits.begin("anne")
    (entry,) = store.list(PREFIX)
    assert pass_ not in entry.key
    assert pass_.encode() not in store.read(entry.key)


def changed_password(accounts: Accounts) -> None:
    accounts.create("anne", "admin")


def changed_role(accounts: Accounts) -> None:
    accounts.create("anne", "user")


def removed(accounts: Accounts) -> None:
    accounts.remove("anne")


def removed_and_made_again(accounts: Accounts) -> None:
    accounts.remove("anne")
    accounts.create("anne", "admin", "the same long password")


@pytest.mark.parametrize(
    "change", [changed_password, changed_role, removed, removed_and_made_again]
)
def test_what_happens_to_the_account_ends_its_visits_and_nobody_elses(
    visits: Visits, accounts: Accounts, change: Callable[[Accounts], None]
) -> None:
    hers, his = id_of(visits.begin("anne")), id_of(visits.begin("max"))
    change(accounts)
    assert visits.find(hers) is None
    assert visits.find(his)


def test_who_changes_the_own_password_stays(visits: Visits, accounts: Accounts) -> None:
    here, elsewhere = id_of(visits.begin("anne")), id_of(visits.begin("anne"))
    accounts.create("anne", "admin")
    visits.keep(here)
    assert visits.find(here)
    assert visits.find(elsewhere) is None


def test_a_visit_that_was_ended_does_not_come_back(visits: Visits, clock: Clock) -> None:
    visit = id_of(visits.begin("anne"))
    visits.end(visit)
    clock.now += 2 * WRITTEN_AGAIN
    assert visits.find(visit, active=clock.now) is None
    visits.end(visit)


def test_a_visit_ends_when_nobody_does_anything(visits: Visits, clock: Clock) -> None:
    visit = id_of(visits.begin("anne"))
    clock.now += 7 * HOUR
    assert visits.find(visit, active=clock.now)
    clock.now += 7 * HOUR
    assert visits.find(visit)
    clock.now += 2 * HOUR
    assert visits.find(visit) is None


@pytest.mark.parametrize("act", ["asks for a page", "does something"])
def test_who_comes_back_too_late_brings_no_visit_back(
    visits: Visits, clock: Clock, act: str
) -> None:
    visit = id_of(visits.begin("anne"))
    clock.now += 9 * HOUR
    if act == "asks for a page":
        assert visits.find(visit, used=True) is None
    else:
        with pytest.raises(Forbidden) as refused:
            visits.demand(visit, "user")
        assert refused.value.signed_out


def test_what_is_done_in_time_lets_a_visit_go_on(visits: Visits, clock: Clock) -> None:
    visit = id_of(visits.begin("anne"))
    for _ in range(5):
        clock.now += 7 * HOUR
        assert visits.find(visit, used=True)
        clock.now += 7 * HOUR
        assert visits.demand(visit, "admin")


def test_no_visit_lasts_for_ever(visits: Visits, clock: Clock) -> None:
    visit = id_of(visits.begin("anne"))
    for _ in range(167):
        clock.now += HOUR
        assert visits.find(visit, active=clock.now)
    clock.now += 1.5 * HOUR
    assert visits.find(visit, active=clock.now) is None


def test_what_one_process_saw_of_activity_another_knows(
    visits: Visits, store: Store, accounts: Accounts, clock: Clock
) -> None:
    visit = id_of(visits.begin("anne"))
    clock.now += 7 * HOUR
    visits.find(visit, active=clock.now)
    clock.now += 7 * HOUR
    assert Visits(store, accounts, LIMITS, clock).find(visit)


def test_clicks_in_a_row_are_one_write(visits: Visits, store: Store, clock: Clock) -> None:
    visit = id_of(visits.begin("anne"))
    before = store.head(key_of(visit)).etag
    for _ in range(10):
        clock.now += WRITTEN_AGAIN / 20
        visits.find(visit, active=clock.now)
    assert store.head(key_of(visit)).etag == before


def test_a_role_is_the_one_of_now(visits: Visits, accounts: Accounts) -> None:
    hers, his = id_of(visits.begin("anne")), id_of(visits.begin("max"))
    assert visits.demand(hers, "admin").name == "anne"
    assert visits.demand(his, "user").name == "max"
    with pytest.raises(Forbidden) as refused:
        visits.demand(his, "admin")
    assert not refused.value.signed_out
    accounts.create("anne", "user")
    with pytest.raises(Forbidden) as refused:
        visits.demand(hers, "user")
    assert refused.value.signed_out


def test_rubbish_under_a_visits_key_lets_nobody_in(visits: Visits, store: Store) -> None:
    visit = id_of(visits.begin("anne"))
    store.write(key_of(visit), b"{}")
    assert visits.find(visit) is None


def test_records_are_tidied_when_somebody_signs_in(
    visits: Visits, store: Store, clock: Clock
) -> None:
    for _ in range(3):
        visits.begin("max")
    clock.now += 9 * HOUR
    visits.begin("anne")
    assert len(store.list(PREFIX)) == 1
