import pytest

from satispy.accounts import MAX_FAILURES, Accounts
from satispy.errors import NotFound, SatispyError
from satispy.storage import Store


@pytest.fixture
def store(tmp_path):
    return Store.folder(tmp_path)


@pytest.fixture
def accounts(store):
    return Accounts(store, cost=16)


def test_there_is_no_default_password_the_first_admin_gets_a_generated_one_once(accounts):
    name, password = accounts.create_first_admin()
    assert accounts.check(name, password) == "admin"
    assert len(password) >= 20
    assert accounts.create_first_admin() is None


def test_a_password_is_not_stored(store, accounts):
    accounts.create("anne", "user", "a long password")
    for entry in store.list("accounts"):
        assert b"a long password" not in store.read(entry.key)


def test_wrong_names_and_passwords_have_no_role(accounts):
    accounts.create("anne", "user", "a long password")
    assert accounts.check("anne", "a long password") == "user"
    assert accounts.check("anne", "A long password") is None
    assert accounts.check("anna", "a long password") is None
    assert accounts.check("../anne", "a long password") is None
    assert accounts.check("anne", "\ud800") is None


def test_repeated_failures_lock_an_account_in_every_process(store, accounts):
    accounts.create("anne", "user", "a long password")
    for _ in range(MAX_FAILURES):
        accounts.check("anne", "wrong")
    assert accounts.check("anne", "a long password") is None
    assert Accounts(store, cost=16).check("anne", "a long password") is None


def test_a_new_password_ends_a_lock_out_and_the_old_one(accounts):
    accounts.create("anne", "user", "a long password")
    assert accounts.check("anne", "a long password") == "user"
    for _ in range(MAX_FAILURES):
        accounts.check("anne", "wrong")
    new = accounts.create("anne", "user")
    assert accounts.check("anne", new) == "user"
    assert accounts.check("anne", "a long password") is None


def test_a_right_password_forgives_the_wrong_ones_before(accounts):
    accounts.create("anne", "user", "a long password")
    for _ in range(3):
        for _ in range(MAX_FAILURES - 1):
            accounts.check("anne", "wrong")
        assert Accounts.check(Accounts(accounts._store, cost=16), "anne", "a long password")


def test_a_removed_account_is_gone(accounts):
    accounts.create("anne", "user", "a long password")
    accounts.remove("anne")
    assert accounts.check("anne", "a long password") is None
    assert accounts.names() == []
    with pytest.raises(NotFound):
        accounts.remove("anne")


def test_short_passwords_and_odd_names_are_refused(accounts):
    for name, password in [("anne", "short"), ("Anne B", None), ("../x", None)]:
        with pytest.raises(SatispyError):
            accounts.create(name, "user", password)
