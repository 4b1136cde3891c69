"""Who comes in, over HTTP as a program asks, and through a websocket that no page opened."""

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import APP_SECRET, cookie_of, door, running_app
from made_up_reports import make_report, write_report
from tornado.web import create_signed_value

from satispy import one_time
from satispy.accounts import Accounts
from satispy.storage import Store
from satispy.visits import PREFIX, Visit

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BEHIND_THE_DOOR = ["/", "/app", "/app/", "/app?theme=dark"]
PASSWORD = "a long password"


@pytest.fixture
def web(app: str, s3: Store) -> Iterator[httpx.Client]:
    """A browser's cookies, without a browser; follows no redirect."""
    with httpx.Client(base_url=app.removesuffix("/app"), timeout=60) as client:
        yield client


def sign_in(
    web: httpx.Client, name: str = "anne", password: str = PASSWORD, next_: str = ""
) -> httpx.Response:
    form = web.get("login")
    return web.post(
        "login",
        data={"name": name, "password": password, "next": next_, "_xsrf": token(form.text)},
    )


def token(page: str) -> str:
    found = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def anne(s3: Store) -> None:
    Accounts(s3, cost=16).create("anne", "admin", PASSWORD)


@pytest.mark.parametrize("path", BEHIND_THE_DOOR)
def test_strangers_are_led_to_the_login_page(web: httpx.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 302
    assert answer.url.join(answer.headers["Location"]).path == "/login"


def test_the_door_speaks_as_the_browser_prefers_until_somebody_chooses(
    web: httpx.Client, anne: None
) -> None:
    def language(**asked: str) -> str:
        page = web.get("login", params=asked, headers={"Accept-Language": "en-US,fr;q=0.5"}).text
        found = re.search(r'<html lang="(\w+)">', page)
        assert found
        assert ("Mot de passe" in page) == (found[1] == "fr")
        return found[1]

    assert language() == "en"
    assert language(lang="<b>") == "en"
    assert language(lang="fr") == "fr"
    assert language() == "fr"  # remembered
    # What the address of the app asks for holds on the way through the door.
    led = web.get("/app?lang=en&theme=dark")
    assert language() == "en"
    next_ = led.url.join(led.headers["Location"]).params["next"]
    assert sign_in(web, next_=next_).headers["Location"] == "./app?theme=dark"


def test_what_is_for_embedding_elsewhere_is_not_served(web: httpx.Client) -> None:
    web.cookies.update(cookie_of())
    for path in ("/app/autoload.js?bokeh-autoload-element=1", "/app/metadata"):
        assert web.get(path).status_code == 404
    # A page of somebody else's session, by its id
    for asked in ("bokeh-session-id=a", "bokeh-token=a.b"):
        assert web.get(f"/app?{asked}").status_code == 403
    assert web.get("/app", headers={"Bokeh-Session-Id": "a"}).status_code == 403


def test_the_right_password_opens_the_page_that_was_asked_for(
    web: httpx.Client, anne: None
) -> None:
    asked = web.get("/app?theme=dark")
    login = asked.url.join(asked.headers["Location"])
    form = web.get(login)
    (next_,) = set(re.findall(r'name="next" value="([^"]*)"', form.text))
    answer = sign_in(web, next_=next_)
    assert answer.status_code == 303
    assert answer.url.join(answer.headers["Location"]).path == "/app"
    assert "theme=dark" in answer.headers["Location"]
    ((name, morsel),) = (
        (name, morsel)
        for name, morsel in SimpleCookie(answer.headers["Set-Cookie"]).items()
        if name.startswith("satispy")
    )
    assert name == door().cookie
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    page = web.get("/app")
    assert page.status_code == 200
    # Scripts read the page, and the token in it.
    assert morsel.value not in page.text


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [("GET", "/app", 302), ("GET", "/still", 401), ("POST", "/send", 401)],
)
def test_a_visit_left_alone_too_long_is_over_whatever_is_asked_with_its_cookie(
    web: httpx.Client, s3: Store, method: str, path: str, refused: int
) -> None:
    web.cookies.update(cookie_of())
    (entry,) = s3.list(PREFIX)
    left = Visit.model_validate_json(s3.read(entry.key))
    left.seen -= 9 * 3600
    s3.write(entry.key, left.model_dump_json().encode())
    answer = web.request(method, path, headers={"X-Satispy-Sending": "1"})
    assert answer.status_code == refused


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example/", "\r\nSet-Cookie: x=y"]
)
def test_login_leads_nowhere_else(web: httpx.Client, anne: None, next_: str) -> None:
    answer = sign_in(web, next_=next_)
    assert answer.url.join(answer.headers["Location"]).host == "127.0.0.1"
    assert "x" not in answer.cookies


def test_a_wrong_password_and_an_unknown_name_look_alike(web: httpx.Client, anne: None) -> None:
    wrong, unknown = sign_in(web, password="not this one"), sign_in(web, name="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert "Mot de passe ou nom inconnu" in wrong.text
    assert _shown(wrong) == _shown(unknown)


def _shown(answer: httpx.Response) -> str:
    """The page but for the form's token and the name that was typed."""
    return re.sub(r'name="(name|_xsrf)" value="[^"]*"', "", answer.text)


def test_after_too_many_tries_it_is_said_when_to_try_again(web: httpx.Client, anne: None) -> None:
    answers = [sign_in(web, password=f"wrong password {n}") for n in range(8)]
    last = answers[-1]
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "réessayez dans" in last.text
    assert sign_in(web).status_code == 429


def test_a_form_of_another_page_is_not_taken(web: httpx.Client, anne: None) -> None:
    asked = {"name": "anne", "password": PASSWORD}
    assert web.post("login", data=asked).status_code == 403
    web.get("login")
    assert web.post("login", data=asked | {"_xsrf": "2|0|0|0"}).status_code == 403
    other = httpx.get(web.base_url.join("/login"), timeout=60).text
    assert web.post("login", data=asked | {"_xsrf": token(other)}).status_code == 403


def test_what_strangers_send_is_bounded(web: httpx.Client) -> None:
    with suppress(httpx.TransportError):  # the connection is closed while it still sends
        assert web.post("login", content=b"x" * (1 << 20)).status_code == 400


def signed(key: str, name: str = "", version: int | None = None) -> str:
    return create_signed_value(key, name or door().cookie, "guessed", version=version).decode()


FORGED = {
    "of nothing": lambda: "",
    "without a signature": lambda: "guessed",
    "by another key": lambda: signed("x" * 40),
    "by no key": lambda: signed(""),
    "of another use": lambda: signed(APP_SECRET, "_xsrf"),
    "of no visit": lambda: signed(APP_SECRET),
    "of an older form": lambda: signed(APP_SECRET, version=1),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_cookie_opens_nothing(web: httpx.Client, anne: None, name: str) -> None:
    web.cookies.set(door().cookie, FORGED[name]())
    assert web.get("/app").status_code == 302
    assert web.get("/still").status_code == 401


def test_a_changed_or_old_cookie_opens_nothing(web: httpx.Client, s3: Store) -> None:
    ((name, value),) = cookie_of().items()
    version, key, _, of, pass_, signature = value.split("|")
    later = "|".join([version, key, f"10:{int(time.time()) + 999}", of, pass_, signature])
    flipped = value[:-1] + ("0" if value[-1] != "0" else "1")
    # Well signed, and of a visit that goes on, by who knows it; but eight days ago
    real = cookie_of(name="max")[name]
    old = create_signed_value(
        APP_SECRET, name, _pass_in(real), clock=lambda: time.time() - 8 * 86400
    ).decode()
    for each in (later, flipped, old, value.replace("|", "", 1)):
        web.cookies.set(name, each)
        assert web.get("/app").status_code == 302
    web.cookies.set(name, value)
    assert web.get("/app").status_code == 200


def _pass_in(cookie: str) -> str:
    return base64.b64decode(cookie.split("|")[4].partition(":")[2]).decode()


def by_logout(web: httpx.Client, _: Store) -> None:
    cookies = dict(web.cookies)
    answer = web.get("/logout")
    assert answer.url.join(answer.headers["Location"]).path == "/login"
    web.cookies.update(cookies)  # replayed


def by_removal(_: httpx.Client, s3: Store) -> None:
    Accounts(s3).remove("anne")


def by_a_new_password(_: httpx.Client, s3: Store) -> None:
    Accounts(s3, cost=16).create("anne", "admin")


@pytest.mark.parametrize("end", [by_logout, by_removal, by_a_new_password])
def test_a_visit_that_was_ended_is_over_for_who_kept_its_cookie(
    web: httpx.Client, s3: Store, end: Callable[[httpx.Client, Store], None]
) -> None:
    web.cookies.update(cookie_of())
    assert web.get("/app").status_code == 200
    assert web.get("/still").status_code == 204
    end(web, s3)
    assert web.get("/app").status_code == 302
    assert web.get("/still").status_code == 401


def test_probes_need_no_account(web: httpx.Client) -> None:
    assert web.get("/liveness").status_code == 200
    assert web.get("/ready").status_code == 200


def test_a_stack_without_an_administrator_shows_how_to_make_one(
    cloud: dict[str, str], s3: Store, tmp_path: Path
) -> None:
    home = {"SATISPY_HOME": str(tmp_path), "SATISPY_APP_SECRET": ""}
    with (
        running_app(**cloud, **home) as app,
        httpx.Client(base_url=app.removesuffix("/app"), timeout=60) as web,
    ):
        start = web.get("/login")
        assert "satispy open" in start.text
        assert 'type="password"' not in start.text
        made_up = {"name": "chef", "password": PASSWORD, "again": PASSWORD, "code": "guessed"}
        refused = web.post("first", data=made_up | {"_xsrf": token(start.text)})
        assert refused.status_code == 401
        assert Accounts(s3).names() == []
        code = one_time.make(tmp_path)
        form = web.post("enter", data={"code": code, "_xsrf": token(start.text)})
        assert "Créer le compte" in form.text
        given = {"code": code, "_xsrf": token(form.text), "name": "chef"}
        for password, again, said in (
            ("short", "short", "au moins 12"),
            (PASSWORD, "another one", "diffèrent"),
        ):
            answer = web.post("first", data=given | {"password": password, "again": again})
            assert said in answer.text
        answer = web.post("first", data=given | {"password": PASSWORD, "again": PASSWORD})
        assert answer.status_code == 303
        assert Accounts(s3).names() == [("chef", "admin")]
        assert web.get("/app").status_code == 200
        # Once only, and for the first account only
        again = {"code": code, "_xsrf": token(form.text)}
        with httpx.Client(base_url=web.base_url, timeout=60) as other:
            other.get("/login")
            assert "Connexion" in other.get("/login").text
            again["_xsrf"] = token(other.get("/login").text)
            assert other.post("enter", data=again).status_code == 401
            again["code"] = one_time.make(tmp_path)
            assert other.post("enter", data=again).status_code == 303
            assert other.get("/app").status_code == 200
            assert other.post("enter", data=again).status_code == 401
            first = other.post("first", data=made_up | {"_xsrf": again["_xsrf"], "name": "eve"})
            assert "Connexion" in first.text
        assert Accounts(s3).names() == [("chef", "admin")]
    key = tmp_path / "app-key"
    assert key.stat().st_mode & 0o077 == 0


def test_a_guard_that_would_never_be_asked_is_refused() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "satispy.dashboard", "--oauth-provider", "generic"],
        env={**os.environ, "SATISPY_APP_SECRET": APP_SECRET},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "would not ask --oauth-provider" in ended.stderr


def test_behind_a_proxy_and_under_a_path_of_its_own(cloud: dict[str, str], s3: Store) -> None:
    Accounts(s3, cost=16).create("anne", "admin", PASSWORD)
    write_report(s3, make_report(1))
    told = {"SATISPY_BEHIND_PROXY": "1", "SATISPY_APP_PREFIX": "/avis"}
    with running_app(**cloud, **told) as app:
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        with httpx.Client(base_url=app.removesuffix("/app"), timeout=60, headers=proxied) as web:
            stranger = web.get("app")
            assert stranger.url.join(stranger.headers["Location"]).path == "/avis/login"
            answer = sign_in(web)
            assert answer.url.join(answer.headers["Location"]).path == "/avis/app"
            (ours,) = (c for c in answer.headers.get_list("Set-Cookie") if "satispy-" in c)
            assert "Secure" in ours
            assert "Path=" not in ours  # the folder of the page: /avis
            name, value = ours.partition(";")[0].split("=", 1)
            page = web.get("app", headers={"Cookie": f"{name}={value}"})
            assert page.status_code == 200
            assert urlsplit(app).path == "/avis/app"
    assert s3.exists("attempts/addresses/203.0.113.9.json")
