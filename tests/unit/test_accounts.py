import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from obstore.store import MemoryStore

from satispy.accounts import Accounts
from satispy.errors import NotFound, SatispyError
from satispy.storage import Store
from satispy.throttle import FREE_TRIES, LONGEST_DELAY, STRANGERS_TRIES

HOME, OFFICE, GUESSER = "203.0.113.7", "198.51.100.20", "192.0.2.66"


class Clock:
    """Time that passes only when it is told to, or slept through."""

    def __init__(self):
        self.now = 1_000_000.0
        self.slept = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def store():
    return Store(MemoryStore(), "memory://", {})  # conditional writes, as S3 has them


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def new_process(store, clock):
    """Accounts as another process has them: nothing remembered of passwords that were right."""
    return lambda: Accounts(store, cost=16, clock=clock, sleep=clock.sleep)


@pytest.fixture
def accounts(new_process):
    return new_process()


def guess(accounts, times, address=GUESSER, name="anne"):
    for number in range(times):
        assert accounts.check(name, f"wrong password {number}", address) is None


def test_there_is_no_default_password_the_first_admin_gets_a_generated_one_once(accounts):
    name, password = accounts.create_first_admin()
    assert accounts.check(name, password, HOME) == "admin"
    assert len(password) >= 20
    assert accounts.create_first_admin() is None


def test_a_password_is_not_stored(store, accounts):
    accounts.create("anne", "user", "a long password")
    for entry in store.list("accounts"):
        assert b"a long password" not in store.read(entry.key)


def test_wrong_names_and_passwords_have_no_role(accounts):
    accounts.create("anne", "user", "a long password")
    assert accounts.check("anne", "a long password", HOME) == "user"
    assert accounts.check("anne", "A long password", HOME) is None
    assert accounts.check("anna", "a long password", HOME) is None
    assert accounts.check("../anne", "a long password", HOME) is None
    assert accounts.check("anne", "\ud800", HOME) is None


def test_a_guesser_has_to_wait_in_every_process_even_with_the_right_password(accounts, new_process):
    accounts.create("anne", "user", "a long password")
    guess(accounts, FREE_TRIES + 1)
    assert accounts.check("anne", "a long password", GUESSER) is None
    assert new_process().check("anne", "a long password", GUESSER) is None


def test_the_right_password_from_elsewhere_comes_in_at_once_whatever_one_guesser_does(
    accounts, clock
):
    accounts.create("anne", "user", "a long password")
    guess(accounts, 100)
    slept = clock.slept
    assert accounts.check("anne", "a long password", HOME) == "user"
    assert clock.slept == slept


def test_each_further_try_waits_twice_as_long_up_to_a_quarter_of_an_hour(accounts, clock, store):
    accounts.create("anne", "user", "a long password")
    guess(accounts, FREE_TRIES)
    waited = []
    for _ in range(14):
        # A little at a time, until a guess is looked at again.
        start, looked_at = clock.now, tries_of(store, GUESSER)
        while tries_of(store, GUESSER) == looked_at:
            clock.now += 0.5 + (clock.now - start) * 0.05
            guess(accounts, 1)
        waited.append(clock.now - start)
    assert waited[1:5] == pytest.approx([2, 4, 8, 16], rel=0.2, abs=1.1)
    assert max(waited) == pytest.approx(LONGEST_DELAY, rel=0.1)


def tries_of(store, address):
    return json.loads(store.read("attempts/anne.json"))["tries"][address]["count"]


def test_guesses_made_at_the_same_time_are_all_counted_before_any_is_looked_at(
    store, accounts, clock
):
    accounts.create("anne", "user", "a long password")
    together = threading.Barrier(40)

    def guess_at_once(number):
        process = Accounts(store, cost=16, clock=clock, sleep=lambda seconds: None)
        together.wait()
        return process.check("anne", f"wrong password {number}", GUESSER)

    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(guess_at_once, range(40))) == {None}
    assert tries_of(store, GUESSER) == FREE_TRIES


def test_many_programs_with_the_right_password_at_once_all_come_in(store, accounts):
    accounts.create("anne", "user", "a long password")
    together = threading.Barrier(12)

    def log_in(_):
        process = Accounts(store, cost=16)
        together.wait()
        return process.check("anne", "a long password", HOME)

    with ThreadPoolExecutor(12) as threads:
        assert set(threads.map(log_in, range(12))) == {"user"}


def test_guesses_from_many_addresses_share_a_hundred_an_hour(accounts, new_process, store, clock):
    accounts.create("anne", "user", "a long password")
    assert accounts.check("anne", "a long password", HOME) == "user"
    for number in range(300):
        guess(accounts, 1, address=f"10.0.{number // 250}.{number % 250}")
    looked_at = len(store.read("attempts/anne.json").split(b'"count"')) - 1
    assert looked_at == STRANGERS_TRIES
    # Who never gave the right password has to wait, whoever has comes in at once.
    assert new_process().check("anne", "a long password", OFFICE) is None
    assert new_process().check("anne", "a long password", HOME) == "user"
    clock.now += 60
    assert new_process().check("anne", "a long password", OFFICE) == "user"


def test_one_holder_of_an_ipv6_network_is_one_guesser(accounts, clock):
    accounts.create("anne", "user", "a long password")
    for number in range(FREE_TRIES + 1):
        guess(accounts, 1, address=f"2001:db8::{number:x}")
    assert accounts.check("anne", "a long password", "2001:db8::ffff") is None
    assert accounts.check("anne", "a long password", "2001:db8:0:1::1") == "user"


def test_what_is_remembered_of_guesses_stays_small(accounts, store, clock):
    accounts.create("anne", "user", "a long password")
    for number in range(600):
        clock.now += 40
        guess(accounts, 1, address=f"10.0.{number // 250}.{number % 250}")
    assert len(store.read("attempts/anne.json")) < 20_000
    for number in range(300):
        guess(accounts, 1, name=f"nobody-{number}", address=f"10.0.{number // 250}.{number % 250}")
    assert [entry.key for entry in store.list("attempts")] == [
        "attempts/-.json",
        "attempts/anne.json",
    ]


def test_rubbish_in_the_place_of_the_counts_keeps_nobody_out(accounts, store):
    accounts.create("anne", "user", "a long password")
    store.write("attempts/anne.json", b"\xff rubbish")
    assert accounts.check("anne", "a long password", HOME) == "user"


def test_a_new_password_ends_all_waiting_and_the_old_one(accounts):
    accounts.create("anne", "user", "a long password")
    assert accounts.check("anne", "a long password", HOME) == "user"
    guess(accounts, 10)
    new = accounts.create("anne", "user")
    assert accounts.check("anne", new, GUESSER) == "user"
    assert accounts.check("anne", "a long password", HOME) is None


def test_a_right_password_forgives_the_wrong_ones_before(accounts, new_process):
    accounts.create("anne", "user", "a long password")
    for _ in range(30):
        guess(accounts, FREE_TRIES - 1, address=HOME)
        assert new_process().check("anne", "a long password", HOME) == "user"


def test_a_removed_account_is_gone(accounts):
    accounts.create("anne", "user", "a long password")
    accounts.remove("anne")
    assert accounts.check("anne", "a long password", HOME) is None
    assert accounts.names() == []
    with pytest.raises(NotFound):
        accounts.remove("anne")


def test_short_passwords_and_odd_names_are_refused(accounts):
    for name, password in [("anne", "short"), ("Anne B", None), ("../x", None)]:
        with pytest.raises(SatispyError):
            accounts.create(name, "user", password)
