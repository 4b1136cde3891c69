"""Files sent part by part to the app as the stack starts it: over HTTP, and in a browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import cookie_of, door, sign_in
from playwright.sync_api import BrowserContext, Page, Route, expect

from satispy import journal
from satispy.accounts import Role
from satispy.reviews.in_parts import PART
from satispy.storage import Store

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CONTENT = b"Commentaire,star\nbien,5\n" + b"x" * PART


class Sender:
    def __init__(self, app: str, role: Role = "admin", name: str = "anne") -> None:
        self.base = "{0.scheme}://{0.netloc}".format(urlsplit(app))
        self.cookies = cookie_of(role, name)
        self.web = httpx.Client(
            base_url=self.base,
            cookies=self.cookies,
            headers={"X-Satispy-Sending": "1"},
            timeout=60,
            # A part that is refused unread ends its connection.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def begin(self, name: str = "mars.csv", size: int = len(CONTENT)) -> httpx.Response:
        return self.web.post("/send", json={"name": name, "size": size, "modified": 1})

    def put(self, id: str, part: int, data: bytes | None = None) -> httpx.Response:
        data = CONTENT[part * PART : (part + 1) * PART] if data is None else data
        return self.web.put(f"/send/{id}/{part}", content=data)

    def state(self, id: str) -> dict[str, object]:
        for _ in range(100):
            found = self.web.get(f"/send/{id}").json()
            if found["state"] != "joining":
                return found
            time.sleep(0.1)
        raise TimeoutError


@pytest.fixture
def sender(app: str, s3: Store) -> Iterator[Sender]:
    return Sender(app)


def test_a_file_sent_in_parts_is_put_as_one_and_the_journal_says_by_whom(
    sender: Sender, s3: Store
) -> None:
    id = sender.begin().json()["id"]
    assert sender.put(id, 1).status_code == 204
    assert sender.web.post(f"/send/{id}").json() == {"code": "parts"}
    assert sender.begin().json()["have"] == [1]
    assert sender.put(id, 0).status_code == 204
    assert sender.web.post(f"/send/{id}").status_code == 202
    sent = sender.state(id)
    assert (sent["state"], sent["key"]) == ("sent", "uploads/mars.csv")
    assert s3.read("uploads/mars.csv") == CONTENT
    (entry,) = journal.last(s3, 9)
    assert (entry.what, entry.on, entry.by.who) == ("upload.sent", "mars", "anne")
    assert [e.key.rpartition("/")[2] for e in s3.list("sending")] == ["file.json", "sent.json"]


def test_who_is_no_admin_begins_sends_ends_and_cancels_nothing(
    app: str, sender: Sender, s3: Store
) -> None:
    id = sender.begin().json()["id"]
    before = {entry.key for entry in s3.list("sending")}
    user, ended = Sender(app, "user", "max"), Sender(app, name="zoe")
    door().visits.end(door().visit_of(ended.cookies[door().cookie]))
    stranger = Sender(app)
    stranger.web.cookies.clear()
    for who, status in ((user, 403), (ended, 401), (stranger, 401)):
        answers = [
            who.begin(),
            who.put(id, 1, CONTENT[PART:]),
            who.web.post(f"/send/{id}"),
            who.web.get(f"/send/{id}"),
            who.web.delete(f"/send/{id}"),
        ]
        assert [answer.status_code for answer in answers] == [status] * 5
    assert {entry.key for entry in s3.list("sending")} == before


def test_another_admins_file_is_neither_gone_on_with_nor_cancelled(
    app: str, sender: Sender, s3: Store
) -> None:
    id = sender.begin().json()["id"]
    sender.put(id, 1)
    other = Sender(app, name="zoe")
    for answer in (
        other.put(id, 1),
        other.web.post(f"/send/{id}"),
        other.web.get(f"/send/{id}"),
        other.web.delete(f"/send/{id}"),
    ):
        assert (answer.status_code, answer.json()) == (404, {"code": "gone"})
    assert other.begin().json()["have"] == []
    assert sender.state(id) == {"state": "parts", "have": [1]}


def test_no_form_and_no_page_of_another_site_sends(sender: Sender, s3: Store) -> None:
    del sender.web.headers["X-Satispy-Sending"]
    assert sender.begin().status_code == 403
    sender.web.headers["X-Satispy-Sending"] = "1"
    sender.web.headers["Origin"] = "https://evil.example"
    assert sender.begin().status_code == 403
    assert s3.list("sending") == []


def test_a_part_of_another_size_is_refused_before_it_is_read(sender: Sender, s3: Store) -> None:
    id = sender.begin().json()["id"]
    for part, data in ((1, CONTENT), (0, b"x"), (2, b"x"), (0, b"")):
        try:
            assert sender.put(id, part, data).status_code == 409
        except httpx.TransportError:  # the connection ends while what is too much is being sent
            assert len(data) > PART
    assert sender.state(id)["have"] == []


@pytest.mark.parametrize(
    ("name", "size", "code"), [("a.png", 1, "not-csv"), ("a.csv", 2 << 30, "too-large")]
)
def test_what_is_no_upload_is_refused_by_a_code(
    sender: Sender, s3: Store, name: str, size: int, code: str
) -> None:
    answer = sender.begin(name, size)
    assert (answer.status_code, answer.json()) == (422, {"code": code})


@pytest.fixture
def page(visitor: BrowserContext, app: str, s3: Store) -> Iterator[Page]:
    """Of an admin; that requests break is said in its console, and no fault."""
    sign_in(visitor, app)
    page = visitor.new_page()
    page.goto(f"{app}#donnees")
    yield page
    page.close()


def test_a_broken_connection_costs_a_part_and_the_same_file_goes_on(
    page: Page, s3: Store, tmp_path: Path
) -> None:
    path = tmp_path / "grand.csv"
    path.write_bytes(b"Commentaire,star\n" + b"bien,5\n" * (3 * PART // 7))
    asked = []

    def break_the_second(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route(re.compile(r"/send/\w+/1$"), break_the_second)
    page.locator("input[type=file]").set_input_files(path)
    row = page.get_by_role("listitem").filter(has_text="grand.csv")
    expect(row).to_contain_text("connexion interrompue")
    expect(row.get_by_role("progressbar")).to_be_visible()
    assert not s3.list("uploads")
    page.reload()  # as if another day
    page.unroute(re.compile(r"/send/\w+/1$"))
    sent = []
    page.on("request", lambda each: sent.append(each.url) if each.method == "PUT" else None)
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("grand.csv est envoyé")).to_be_visible()
    assert [url.rpartition("/")[2] for url in sent] == ["1", "2", "3"][: len(sent)]
    assert s3.head("uploads/grand.csv").size == path.stat().st_size


def test_who_cancels_keeps_the_others_and_leaves_nothing(
    page: Page, s3: Store, tmp_path: Path
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"Commentaire,star\nbien,5\n")
    page.route(re.compile(r"/send/\w+/0$"), lambda route: route.abort(), times=1)
    page.locator("input[type=file]").set_input_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    row = page.get_by_role("listitem").filter(has_text="a.csv")
    expect(row).to_contain_text("connexion interrompue")
    row.get_by_role("button", name="Annuler : a.csv").click()
    expect(page.get_by_text("a.csv : envoi annulé")).to_be_visible()
    expect(page.get_by_text("b.csv est envoyé")).to_be_visible()
    assert [entry.key for entry in s3.list("uploads")] == ["uploads/b.csv"]
