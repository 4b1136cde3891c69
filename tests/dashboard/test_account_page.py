"""The own password, and accounts by an admin, without a browser."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from obstore.store import MemoryStore
from signed_in import ADMIN, USER

from satispy import journal
from satispy.accounts import Accounts
from satispy.dashboard.door.permits import Permits, nobody
from satispy.dashboard.pages.account import ADD, PASSWORD, REMOVE, ROLE, AccountPage, AccountState
from satispy.errors import Forbidden
from satispy.storage import Store

OWN = "the first password"


@pytest.fixture
def store() -> Store:
    return Store(MemoryStore(), "memory://", {})


@pytest.fixture
def accounts(store: Store) -> Accounts:
    accounts = Accounts(store, cost=16)
    accounts.create("anne", "admin", OWN)
    accounts.create("max", "user", "of somebody else")
    return accounts


def state_of(store: Store, accounts: Accounts, permits: Permits = ADMIN) -> AccountState:
    kept: list[str] = []
    state = AccountState(lambda: store, lambda: accounts, permits, kept.append)
    state.kept = kept  # type: ignore[attr-defined]
    return state


def wait(coroutine: Coroutine[object, object, None]) -> None:
    with ThreadPoolExecutor(1) as one:
        one.submit(asyncio.run, coroutine).result()


def act(state: AccountState, action: str, name: str, role: str = "user") -> None:
    state.param.update(action=action, account=name, role=role)
    wait(state.act())


def test_an_admin_lets_somebody_in_and_sees_the_password_once(
    store: Store, accounts: Accounts
) -> None:
    state = state_of(store, accounts)
    page = AccountPage(state)
    act(state, ADD, "zoe")
    name, password = state.given
    assert accounts.check(name, password, "") == "user"
    assert password in page.layout[-2].html
    wait(state.show())
    assert state.given == ("", "")
    assert password not in page.layout[-2].html
    assert ("zoe", "user") in state.rows
    (entry,) = journal.last(store, 1)
    assert (entry.what, entry.on, entry.by.who) == ("account.set", "zoe", "anne")
    assert password not in entry.model_dump_json()


def test_a_role_changes_and_the_password_stays(store: Store, accounts: Accounts) -> None:
    state = state_of(store, accounts)
    act(state, ROLE, "max", "admin")
    assert accounts.check("max", "of somebody else", "") == "admin"


def test_a_new_password_keeps_the_role(store: Store, accounts: Accounts) -> None:
    state = state_of(store, accounts)
    act(state, PASSWORD, "max", "admin")
    assert accounts.check("max", state.given[1], "") == "user"


def test_an_account_is_removed_by_the_second_click_for_the_same_name(
    store: Store, accounts: Accounts
) -> None:
    state = state_of(store, accounts)
    act(state, REMOVE, "max")
    assert state.leaving == "max"
    act(state, ADD, "zoe")
    act(state, REMOVE, "max")
    assert accounts.of("max")
    wait(state.act())
    assert accounts.of("max") is None
    assert "n’a plus de compte" in state.done


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (ADD, "max"),
        (ADD, "Max !"),
        (ROLE, "nobody"),
        (REMOVE, "anne"),
        (ROLE, "anne"),
        ("x", "max"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    store: Store, accounts: Accounts, action: str, name: str
) -> None:
    state = state_of(store, accounts)
    before = [store.read(entry.key) for entry in store.list("accounts")]
    act(state, action, name)
    wait(state.act())
    assert state.fault
    assert [store.read(entry.key) for entry in store.list("accounts")] == before


@pytest.mark.parametrize("permits", [USER, nobody()])
@pytest.mark.parametrize("action", [ADD, PASSWORD, ROLE, REMOVE])
def test_who_may_not_sees_no_account_and_changes_none(
    store: Store, accounts: Accounts, permits: Permits, action: str
) -> None:
    state = state_of(store, accounts, permits)
    before = {entry.key: store.read(entry.key) for entry in store.list("")}
    act(state, action, "zoe" if action == ADD else "max", "admin")
    state.leaving = "max"
    wait(state.act())
    assert isinstance(state.trouble, Forbidden)
    wait(state.show())
    assert state.rows is None
    assert {entry.key: store.read(entry.key) for entry in store.list("")} == before


def test_the_own_password_changes_for_who_knows_it(store: Store, accounts: Accounts) -> None:
    state = state_of(store, accounts)
    new = "the second password"
    for current, second, again, said in (
        ("not this one", new, new, "actuel"),
        (OWN, "short", "short", "au moins 12"),
        (OWN, new, "another one", "diffèrent"),
    ):
        wait(state.change_own(current, second, again))
        assert said in state.own_fault
        assert accounts.check("anne", OWN, "")
    wait(state.change_own(OWN, new, new))
    assert state.own_done
    assert accounts.check("anne", new, "") == "admin"
    assert accounts.check("anne", OWN, "") is None
    assert state.kept == ["visit"]  # type: ignore[attr-defined]


def test_the_own_password_cannot_be_guessed_at_speed(store: Store, accounts: Accounts) -> None:
    state = state_of(store, accounts)
    for guess in range(8):
        wait(state.change_own(f"wrong password {guess}", OWN, OWN))
    assert "réessayez dans" in state.own_fault
