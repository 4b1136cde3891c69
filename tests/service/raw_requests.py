"""Requests that no HTTP library would send, and what a server answers to them.

Each case is a good request with some changes. A change is harmless (another spelling of the same)
or hostile (it has two meanings, another type, another sender than one of ours). One hostile change
and the request must get a 4xx and never reach BentoML; without one it must be answered.
"""

import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import urlopen

JSON = b'{"text": "parfait, rien a redire"}'
CSV = b"text\nparfait\nnul\n"
GOOD = {
    b"/predict": (b"application/json", JSON),
    b"/explain": (b"application/json", JSON),
    b"/predict/csv": (b"text/csv", CSV),
}
OTHER_TYPES = (
    b"application/vnd.bentoml+pickle",
    b"application/vnd.bentoml+pickle; charset=utf-8",
    b"application/json, application/vnd.bentoml+pickle",
    b"application/json;, application/vnd.bentoml+pickle",
    b"application/json; charset=utf-8, multipart/form-data; boundary=x",
    b"application/json; charset=utf-8; charset=utf-16",
    b"application/json/x",
    b"application /json",
    b"application/json\x0b",
    b"application/json\xa0",
    b"application/jsonp",
    b"text/csv-schema",
    b"multipart/form-data; boundary=x",
    b"MULTIPART/form-data",
    b"application/x-www-form-urlencoded",
    b"application/octet-stream",
    b"application/vnd.apache.arrow.file",
    b"image/png",
    b"*/*",
    b";",
    b"",
)
FOREIGN = (b"http://evil.example", b"null", b"http://127.0.0.1", b"https://127.0.0.1:1", b"")
NAMES_OF_OTHERS = (
    b"evil.example",
    b"evil.example:%d",
    b"127.0.0.1:1",
    b"127.0.0.1:%d.evil.example",
    b"evil@127.0.0.1:%d",
    b"127.0.0.1:%d, evil.example",
    b"",
)


@dataclass
class Case:
    """A request, on its way to become something else."""

    path: bytes
    port: int
    method: bytes = b"POST"
    version: bytes = b"HTTP/1.1"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    #: Why it must be refused; empty: it must be answered.
    hostile: list[str] = field(default_factory=list)

    def replace(self, name: bytes, *values: bytes) -> None:
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers += [(name, value) for value in values]

    def value(self, name: bytes) -> bytes:
        return next((v for n, v in self.headers if n.lower() == name.lower()), b"")

    def sent(self) -> bytes:
        head = b"%s %s %s\r\n" % (self.method, self.path, self.version)
        return head + b"".join(b"%s:%s\r\n" % pair for pair in self.headers) + b"\r\n" + self.body


def good(path: bytes, port: int) -> Case:
    media_type, body = GOOD[path]
    headers = [
        (b"Host", b" 127.0.0.1:%d" % port),
        (b"Content-Type", b" " + media_type),
        (b"Content-Length", b" %d" % len(body)),
    ]
    return Case(path, port, headers=headers, body=body)


#: The server may hang up on it while it is being sent.
HUGE = "a head of many kilobytes"

Change = Callable[[Case, random.Random], None]


# ---- harmless ----


def other_case(case: Case, chance: random.Random) -> None:
    case.headers = [(chance.choice([n.upper(), n.lower()]), v) for n, v in case.headers]


def other_order(case: Case, chance: random.Random) -> None:
    chance.shuffle(case.headers)


def spaces(case: Case, chance: random.Random) -> None:
    case.headers = [(n, b"\t " + v + b" " * chance.randrange(3)) for n, v in case.headers]


def more_headers(case: Case, chance: random.Random) -> None:
    for number in range(chance.randrange(1, 30)):
        case.headers.append((b"X-%d" % (number % 7), bytes(chance.choices(range(33, 127), k=20))))


def type_in_capitals(case: Case, chance: random.Random) -> None:
    case.replace(b"Content-Type", case.value(b"content-type").title())


def type_with_charset(case: Case, chance: random.Random) -> None:
    spelled = chance.choice(
        [b"; charset=utf-8", b';Charset="UTF-8"', b" ; x=y; charset=utf-8", b";"]
    )
    case.replace(b"Content-Type", case.value(b"content-type").partition(b";")[0] + spelled)


def in_chunks(case: Case, chance: random.Random) -> None:
    if case.value(b"transfer-encoding") or not case.value(b"content-length"):
        return
    rest, chunks = case.body, []
    while rest:
        size = chance.randrange(1, len(rest) + 1)
        chunks.append(b"%x%s\r\n%s\r\n" % (size, chance.choice([b"", b";a=b"]), rest[:size]))
        rest = rest[size:]
    case.replace(b"Content-Length")
    case.replace(b"Transfer-Encoding", b" chunked")
    case.body = b"".join(chunks) + b"0\r\n\r\n"


def our_own_page(case: Case, chance: random.Random) -> None:
    case.replace(b"Origin", b"http://127.0.0.1:%d" % case.port)
    case.replace(b"Sec-Fetch-Site", b"same-origin")


# ---- hostile ----


def twice(case: Case, chance: random.Random) -> None:
    """One header more than once, the same value or another, whatever the name's case."""
    name = chance.choice(
        [b"Content-Type", b"Host", b"Content-Encoding", b"Authorization", b"Origin"]
    )
    others = {
        b"Content-Type": OTHER_TYPES,
        b"Host": NAMES_OF_OTHERS[:1],
        b"Content-Encoding": (b"identity", b"gzip"),
        b"Authorization": (b"Bearer a", b"Bearer b"),
        b"Origin": (b"http://127.0.0.1:%d" % case.port, *FOREIGN),
    }[name]
    mine = case.value(name) or others[0]
    values = [mine, chance.choice([mine, *others])]
    chance.shuffle(values)
    case.replace(name, *values)
    last, value = case.headers.pop()
    case.headers.insert(chance.randrange(len(case.headers) + 1), (last.swapcase(), value))
    case.hostile.append(f"{name.decode()} twice")


def other_type(case: Case, chance: random.Random) -> None:
    value = chance.choice(OTHER_TYPES)
    case.replace(b"Content-Type", value)
    case.hostile.append(f"type {value!r}")


def other_routes_type(case: Case, chance: random.Random) -> None:
    wanted = GOOD.get(case.path, (b"",))[0]
    case.replace(b"Content-Type", b"text/csv" if wanted != b"text/csv" else b"application/json")
    case.hostile.append("the other route's type")


def no_type(case: Case, chance: random.Random) -> None:
    case.replace(b"Content-Type")
    case.hostile.append("no type")


def folded(case: Case, chance: random.Random) -> None:
    value = chance.choice([b"application/json\r\n , text/plain", b"application/x\r\n\tjson"])
    case.replace(b"Content-Type", value)
    case.hostile.append("a folded type")


def two_lengths(case: Case, chance: random.Random) -> None:
    size = len(case.body)
    values = chance.choice(
        [
            (b"%d" % size, b"%d" % (size + 1)),
            (b"%d, %d" % (size, size + 1),),
            (b"0", b"%d" % size),
            (b"+%d" % size,),
            (b"0x%x" % size,),
            (b"-1",),
            (b"%d.0" % size,),
            (b"",),
            (b"9" * 30,),
            (b"%d\xb2" % size,),
        ]
    )
    case.replace(b"Transfer-Encoding")
    case.replace(b"Content-Length", *values)
    case.hostile.append(f"lengths {values!r}")


def length_and_chunks(case: Case, chance: random.Random) -> None:
    length = b"%d" % len(case.body)
    in_chunks(case, chance)
    case.replace(b"Content-Length", length)
    case.hostile.append("length and transfer coding")


def odd_coding(case: Case, chance: random.Random) -> None:
    value = chance.choice(
        [b"gzip, chunked", b"chunked, identity", b"identity", b"xchunked", b"chunked;q=1", b""]
    )
    in_chunks(case, chance)
    case.replace(b"Transfer-Encoding", *([value] * chance.choice([1, 2])))
    case.hostile.append(f"transfer coding {value!r}")


def compressed(case: Case, chance: random.Random) -> None:
    case.replace(b"Content-Encoding", chance.choice([b"gzip", b"br", b"identity, gzip", b"x", b""]))
    case.hostile.append("content coding")


def another_name(case: Case, chance: random.Random) -> None:
    name = chance.choice(NAMES_OF_OTHERS)
    case.replace(b"Host", name % case.port if b"%d" in name else name)
    case.hostile.append(f"host {name!r}")


def no_name(case: Case, chance: random.Random) -> None:
    case.replace(b"Host")
    case.hostile.append("no host")


def foreign_page(case: Case, chance: random.Random) -> None:
    if chance.random() < 0.5:
        case.replace(b"Origin", chance.choice(FOREIGN))
    else:
        case.replace(b"Sec-Fetch-Site", chance.choice([b"cross-site", b"same-site", b"x", b""]))
    case.hostile.append("a foreign page")


def odd_line(case: Case, chance: random.Random) -> None:
    line = chance.choice(
        [
            (b"X y", b"1"),
            (b"Content-Type ", b"application/json"),
            (b"", b"1"),
            (b"X\x00", b"1"),
            (b"X", b"a\x00b"),
            (b"X", b"a\rb"),
            (b"\xc3\xa9", b"1"),
            (b"X(", b"1"),
        ]
    )
    case.headers.insert(chance.randrange(len(case.headers) + 1), line)
    case.hostile.append(f"the line {line!r}")


def other_method(case: Case, chance: random.Random) -> None:
    case.method = chance.choice(
        [
            b"GET",
            b"HEAD",
            b"PUT",
            b"post",
            b"DELETE",
            b"OPTIONS",
            b"TRACE",
            b"POST\t",
            b"P\x00ST",
            b"",
        ]
    )
    case.hostile.append(f"method {case.method!r}")


def other_path(case: Case, chance: random.Random) -> None:
    path = case.path
    case.path = chance.choice(
        [
            b"/" + path,
            path + b"/",
            path + b"%00",
            path + b"/submit",
            path + b"/../predict",
            path + b";x",
            path.upper(),
            b"http://evil.example" + path,
            b"*",
            path + b" x",
            b"/pr\xc3\xa9dict",
        ]
    )
    case.hostile.append(f"path {case.path!r}")


def other_version(case: Case, chance: random.Random) -> None:
    case.version = chance.choice(
        [b"HTTP/2.0", b"HTTP/0.9", b"HTTP/11", b"http/1.1", b"HTTP/1.", b""]
    )
    case.hostile.append(f"version {case.version!r}")


def upgrade(case: Case, chance: random.Random) -> None:
    """To a protocol that the gate would not see; the request itself is as any other."""
    protocol = chance.choice([b"websocket", b"h2c"])
    case.headers += [(b"Connection", b"Upgrade"), (b"Upgrade", protocol)]
    case.headers += [(b"Sec-WebSocket-Version", b"13"), (b"Sec-WebSocket-Key", b"A" * 22 + b"==")]
    case.method = b"GET"
    case.hostile.append(f"upgrade to {protocol!r}")


def huge_head(case: Case, chance: random.Random) -> None:
    case.headers.append((b"X", b"a" * 600_000))
    case.hostile.append(HUGE)


HARMLESS: tuple[Change, ...] = (
    other_case,
    other_order,
    spaces,
    more_headers,
    type_in_capitals,
    type_with_charset,
    in_chunks,
    our_own_page,
)
HOSTILE: tuple[Change, ...] = (
    twice,
    twice,
    twice,
    other_type,
    other_type,
    other_routes_type,
    no_type,
    folded,
    two_lengths,
    two_lengths,
    length_and_chunks,
    odd_coding,
    compressed,
    another_name,
    no_name,
    foreign_page,
    odd_line,
    other_method,
    other_path,
    other_version,
    upgrade,
    huge_head,
)


def made_up(count: int, port: int, seed: int) -> Iterable[Case]:
    chance = random.Random(seed)  # noqa: S311  not a secret
    for _ in range(count):
        case = good(chance.choice(list(GOOD)), port)
        for change in chance.sample(HARMLESS, chance.randrange(4)):
            change(case, chance)
        # The last word is a hostile change's: a harmless one after it might take it back.
        if chance.random() < 0.8:
            chance.choice(HOSTILE)(case, chance)
        yield case


@dataclass
class Outcome:
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def try_out(url: str, count: int, seed: int) -> Outcome:
    """Send so many; what was not answered as it must be is a fault."""
    port = urlsplit(url).port or 0
    outcome = Outcome()
    answered = 0
    before = reached_bentoml(url)
    for case in made_up(count, port, seed):
        said = ask(port, case.sent())
        status = int(said[9:12]) if said[:5] == b"HTTP/" else 0
        outcome.cases += 1
        outcome.statuses[status] += 1
        answered += status == 200
        wanted = range(400, 500) if case.hostile else range(200, 201)
        shown = f"{', '.join(case.hostile) or 'harmless'}: {case.sent()[:400]!r} → {said[:200]!r}"
        if status == 0 and HUGE in case.hostile:
            continue
        if status not in wanted:
            outcome.faults.append(shown)
        elif status >= 400 and b"application/problem+json" not in said:
            outcome.faults.append(f"not a problem: {shown}")
        elif b"nosniff" not in said or b"frame" not in said:
            outcome.faults.append(f"not protected: {shown}")
    end = time.monotonic() + 5
    while (reached := reached_bentoml(url) - before) != answered and time.monotonic() < end:
        time.sleep(0.05)  # it counts when the answer has left
    if reached != answered:
        outcome.faults.append(f"{reached} requests reached BentoML, {answered} were to")
    return outcome


def ask(port: int, request: bytes) -> bytes:
    """The answer; empty if the server hangs up without one."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        with suppress(OSError):
            line.sendall(request)
        with suppress(OSError):
            while not _is_whole(said):
                if not (part := line.recv(65536)):
                    break
                said += part
    return said


def _is_whole(said: bytes) -> bool:
    head, found, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length:
        return len(body) >= int(length[1]) and bool(found)
    return body.endswith(b"0\r\n\r\n")


def reached_bentoml(url: str) -> int:
    """How many requests to these routes BentoML has counted, whatever became of them."""
    with urlopen(f"{url}/metrics") as page:  # noqa: S310  an address of ours
        lines = page.read().decode().splitlines()
    found = 0.0
    for line in lines:
        match = re.match(r'bentoml_service_request_total\{.*endpoint="([^"]*)".*\} (\S+)', line)
        if match and match[1].encode() in GOOD:
            found += float(match[2])
    return int(found)
