import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from obstore.store import MemoryStore

from satispy.accounts import Accounts
from satispy.errors import NotFound, SatispyError, TooManyTries
from satispy.storage import Store
from satispy.throttle import (
    FREE_TRIES,
    LONGEST_DELAY,
    LOOKED_AT_A_MINUTE,
    STRANGERS_DELAY,
    STRANGERS_TRIES,
)

HOME, OFFICE, GUESSER = "203.0.113.7", "198.51.100.20", "192.0.2.66"
RIGHT = "a long password"
WAITS = "waits"


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


def asked(accounts, password=RIGHT, address=HOME, name="anne"):
    """The role, None for a wrong password, or that it was not looked at."""
    try:
        return accounts.check(name, password, address)
    except TooManyTries:
        return WAITS


def guess(accounts, times, address=GUESSER, name="anne"):
    """How many were looked at."""
    answers = [asked(accounts, f"wrong password {n}", address, name) for n in range(times)]
    assert set(answers) <= {None, WAITS}
    return answers.count(None)


def strangers(number):
    return f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"


@pytest.fixture
def gets_to_hashing(store, clock):
    """Whether a guess at a name that there is not does: scrypt takes no 3, and says so."""
    accounts = Accounts(store, cost=3, clock=clock, sleep=clock.sleep)

    def gets_there(name="nobody", address=GUESSER):
        try:
            accounts.check(name, "whatever it is", address)
        except TooManyTries:
            return False
        except ValueError:
            return True
        raise AssertionError("neither")

    return gets_there


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
    accounts.create("anne", "user", RIGHT)
    guess(accounts, FREE_TRIES + 2)
    assert asked(accounts, RIGHT, GUESSER) == WAITS
    assert asked(new_process(), RIGHT, GUESSER) == WAITS


def test_who_has_to_wait_is_told_how_long_and_what_to_do(accounts, clock):
    accounts.create("anne", "user", RIGHT)
    guess(accounts, FREE_TRIES + 2)
    with pytest.raises(TooManyTries, match=r"from your address.*wait 2 s, then send") as late:
        accounts.check("anne", RIGHT, GUESSER)
    clock.now += late.value.seconds
    assert accounts.check("anne", RIGHT, GUESSER) == "user"


def test_no_address_gets_to_hashing_more_than_sixty_times_a_minute(clock, gets_to_hashing):
    at = []
    for number in range(600):  # never twice the same name
        if gets_to_hashing(f"nobody-{number}"):
            at.append(clock.now)
        clock.now += 0.4
    most = max(sum(moment <= each < moment + 60 for each in at) for moment in at)
    assert most == LOOKED_AT_A_MINUTE
    assert len(at) >= 3 * LOOKED_AT_A_MINUTE  # and so many are served
    assert gets_to_hashing(address=HOME)


def test_what_has_to_wait_is_not_hashed(gets_to_hashing):
    assert [gets_to_hashing() for _ in range(50)].count(True) == FREE_TRIES + 1


def test_whether_a_name_must_wait_does_not_tell_that_there_is_one(accounts, clock):
    accounts.create("anne", "user", RIGHT)

    def answers(name):
        told = [asked(accounts, "wrong", GUESSER, name) for _ in range(20)]
        return told + [asked(accounts, "wrong", strangers(n), name) for n in range(150)]

    known = answers("anne")
    clock.now += 24 * 3600 + 1
    assert answers("nobody") == known
    assert known.count(WAITS) > 50


def test_the_right_password_from_elsewhere_comes_in_at_once_whatever_one_guesser_does(
    accounts, clock
):
    accounts.create("anne", "user", RIGHT)
    guess(accounts, 100)
    slept = clock.slept
    assert accounts.check("anne", RIGHT, HOME) == "user"
    assert clock.slept == slept


def test_each_further_try_waits_twice_as_long_up_to_a_quarter_of_an_hour(accounts, clock):
    accounts.create("anne", "user", RIGHT)
    guess(accounts, FREE_TRIES)
    waited = []
    for _ in range(14):
        start = clock.now
        while not guess(accounts, 1):  # a little at a time, until a guess is looked at again
            clock.now += 0.5 + (clock.now - start) * 0.05
        waited.append(clock.now - start)
    assert waited[1:5] == pytest.approx([2, 4, 8, 16], rel=0.2, abs=1.1)
    assert max(waited) == pytest.approx(LONGEST_DELAY, rel=0.1)


def at_once(store, clock, addresses):
    """How many guesses made at the same time were looked at, each in a process of its own."""
    together = threading.Barrier(len(addresses))

    def guess_at_once(address):
        process = Accounts(store, cost=16, clock=clock, sleep=lambda seconds: None)
        together.wait()
        return asked(process, "wrong password", address)

    with ThreadPoolExecutor(len(addresses)) as threads:
        answers = list(threads.map(guess_at_once, addresses))
    assert set(answers) <= {None, WAITS}
    return answers.count(None)


def test_guesses_made_at_the_same_time_are_all_counted_before_any_is_looked_at(
    store, accounts, clock
):
    accounts.create("anne", "user", RIGHT)
    assert at_once(store, clock, [GUESSER] * 40) == FREE_TRIES


def test_guesses_made_at_the_same_time_from_many_addresses_are_all_counted(store, accounts, clock):
    accounts.create("anne", "user", RIGHT)
    guess_from_many(accounts, STRANGERS_TRIES - 10)
    assert at_once(store, clock, [f"172.16.0.{n}" for n in range(40)]) <= 10


def test_many_programs_with_the_right_password_at_once_all_come_in(store, accounts):
    accounts.create("anne", "user", RIGHT)
    together = threading.Barrier(12)

    def log_in(_):
        process = Accounts(store, cost=16)
        together.wait()
        return process.check("anne", RIGHT, HOME)

    with ThreadPoolExecutor(12) as threads:
        assert set(threads.map(log_in, range(12))) == {"user"}


def guess_from_many(accounts, times, first=0):
    return sum(guess(accounts, 1, address=strangers(first + n)) for n in range(times))


def test_guesses_from_many_addresses_share_a_hundred_an_hour(accounts, clock):
    accounts.create("anne", "user", RIGHT)
    assert guess_from_many(accounts, 150) == STRANGERS_TRIES
    clock.now += 3600
    assert guess_from_many(accounts, 150, first=1000) == STRANGERS_TRIES


def test_an_attack_from_everywhere_slows_its_owner_down_and_keeps_nobody_out(
    accounts, new_process, clock
):
    accounts.create("anne", "admin", RIGHT)
    assert accounts.check("anne", RIGHT, HOME) == "admin"
    for wave in range(8):  # hundreds of addresses that go on and on
        guess_from_many(accounts, 80, first=80 * wave)
        guess_from_many(accounts, 80)
        clock.now += 10
    # Who never gave the right password waits once, whoever has comes in at once.
    assert asked(new_process(), RIGHT, HOME) == "admin"
    assert asked(new_process(), RIGHT, OFFICE) == WAITS
    for _ in range(3):
        clock.now += STRANGERS_DELAY / 3
        guess_from_many(accounts, 80, first=3_000)
    assert asked(new_process(), RIGHT, OFFICE) == "admin"
    assert asked(new_process(), RIGHT, OFFICE) == "admin"


def test_an_hour_after_an_attack_nobody_waits(accounts, clock):
    accounts.create("anne", "user", RIGHT)
    for _ in range(5):
        guess_from_many(accounts, 150)
        clock.now += STRANGERS_DELAY
    clock.now += 3600
    assert asked(accounts, RIGHT, OFFICE) == "user"


def test_one_holder_of_an_ipv6_network_is_one_guesser(accounts):
    accounts.create("anne", "user", RIGHT)
    for number in range(FREE_TRIES + 2):
        guess(accounts, 1, address=f"2001:db8::{number:x}")
    assert asked(accounts, RIGHT, "2001:db8::ffff") == WAITS
    assert asked(accounts, RIGHT, "2001:db8:0:1::1") == "user"


def test_what_is_remembered_of_guesses_stays_small(accounts, store, clock):
    accounts.create("anne", "user", RIGHT)
    for number in range(400):
        clock.now += 40
        guess(accounts, 1, address=strangers(number))
        guess(accounts, 1, name=f"nobody-{number}")
    records = store.list("attempts")
    assert max(entry.size for entry in records) < 5_000
    for entry in records:  # 4,096 for all names, and one for each address of a day
        assert re.fullmatch(r"attempts/(accounts/[0-9a-f]{3}|addresses/[0-9.]+)\.json", entry.key)


def test_what_was_typed_as_a_name_is_not_stored(accounts, store):
    asked(accounts, "anne", GUESSER, name="a password typed in the wrong place")
    assert store.list("attempts")
    for entry in store.list("attempts"):
        assert b"password" not in store.read(entry.key)
        assert "password" not in entry.key


def test_rubbish_in_the_place_of_the_counts_keeps_nobody_out(accounts, store):
    accounts.create("anne", "user", RIGHT)
    guess(accounts, 1, HOME)
    for entry in store.list("attempts"):
        store.write(entry.key, b"\xff rubbish")
    assert accounts.check("anne", RIGHT, HOME) == "user"


def test_a_new_password_ends_all_waiting_and_the_old_one(accounts):
    accounts.create("anne", "user", RIGHT)
    assert accounts.check("anne", RIGHT, HOME) == "user"
    guess(accounts, 10)
    guess_from_many(accounts, 150)
    new = accounts.create("anne", "user")
    assert asked(accounts, new, GUESSER) == "user"
    assert asked(accounts, new, OFFICE) == "user"
    assert accounts.check("anne", RIGHT, HOME) is None


def test_a_right_password_forgives_the_wrong_ones_before(accounts, new_process, clock):
    accounts.create("anne", "user", RIGHT)
    for _ in range(30):
        clock.now += 10
        assert guess(accounts, FREE_TRIES - 1, address=HOME) == FREE_TRIES - 1
        assert new_process().check("anne", RIGHT, HOME) == "user"


def test_a_right_password_costs_its_address_nothing_of_what_it_may_ask(accounts, new_process):
    accounts.create("anne", "user", RIGHT)
    for _ in range(2 * LOOKED_AT_A_MINUTE):
        assert new_process().check("anne", RIGHT, HOME) == "user"


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
