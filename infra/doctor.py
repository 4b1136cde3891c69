"""What is wrong here, and what to do about it: facts in, findings out. `infra.examine` gathers.

Each check reads the facts it needs and yields a finding for each thing that is not as it should
be; a check that has nothing to say yields nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from satispy.sentence import Amount, Count, Sentence

Mend = Literal["", "install", "end leftovers", "heal the stack", "close the home", "mend pointer"]

GB = 10**9
#: A demo writes half a gigabyte, an installation two and a half.
DISK_LOW, DISK_FULL = 3 * GB, 1 * GB


@dataclass(frozen=True)
class Part:
    """One server of the stack."""

    title: str
    runs: bool
    answers: bool
    taken: str = ""  # who holds its port, in words, if it does not run


@dataclass(frozen=True)
class Bucket:
    """What is in it, once it answers; messages are empty where all is well."""

    left_out: tuple[str, ...] = ()
    pointer: str = ""
    unarchived: tuple[str, ...] = ()  # models that serve, and whose archive is not in the bucket
    table: str = ""


@dataclass(frozen=True)
class Facts:
    library: str = ""  # why LightGBM cannot be loaded
    #: Of each lock: the packages that are absent or of another version.
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    browser: str = ""  # the command that brings one, if the page tests find none
    disk_free: int = DISK_LOW
    home: str = ".satispy"
    home_is_open: bool = False  # to other users of the machine
    parts: tuple[Part, ...] = ()
    leftovers: tuple[int, ...] = ()  # processes of a stack that is down
    bucket: Bucket | None = None  # None: no stack is up
    bucket_error: str = ""  # it should answer, and does not


@dataclass(frozen=True)
class Finding:
    area: str
    what: Sentence
    do: Sentence
    mend: Mend = ""
    grave: bool = True  # something will fail; else it is good to know


Check = Callable[[Facts], Iterable[Finding]]


def libraries(facts: Facts) -> Iterable[Finding]:
    if facts.library:
        what, _, do = facts.library.partition(". ")
        yield Finding("libraries", Sentence(what), Sentence(do))


def versions(facts: Facts) -> Iterable[Finding]:
    for lock, packages in facts.differing.items():
        named = ", ".join(packages[:3]) + (", …" if packages[3:] else "")
        what = Sentence(
            "%(packages)s packages are not those of requirements/%(lock)s.txt: %(named)s",
            packages=Count(len(packages)),
            lock=lock,
            named=named,
        )
        do = Sentence("make demo installs them")
        yield Finding("versions", what, do, "install", grave=False)


def browser(facts: Facts) -> Iterable[Finding]:
    if facts.browser:
        what = Sentence("No Chromium starts: make test will skip the page tests")
        yield Finding("browser", what, Sentence(facts.browser), grave=False)


def disk(facts: Facts) -> Iterable[Finding]:
    if facts.disk_free < DISK_LOW:
        what = Sentence(
            "%(gb)s GB are free where %(home)s is",
            gb=Amount(facts.disk_free / GB),
            home=facts.home,
        )
        do = Sentence("satispy models prune and satispy reviews vacuum delete what is old")
        yield Finding("disk", what, do, grave=facts.disk_free < DISK_FULL)


def permissions(facts: Facts) -> Iterable[Finding]:
    if facts.home_is_open:
        what = Sentence(
            "Other users of this machine can read %(home)s: reviews, accounts, keys",
            home=facts.home,
        )
        do = Sentence("chmod -R go= '%(home)s'", home=facts.home)
        yield Finding("permissions", what, do, "close the home")


def ports(facts: Facts) -> Iterable[Finding]:
    for part in facts.parts:
        if part.taken:
            what, _, do = part.taken.partition(". ")
            yield Finding("ports", Sentence(what), Sentence(do))


def processes(facts: Facts) -> Iterable[Finding]:
    running = [part for part in facts.parts if part.runs]
    if running:
        ill = ", ".join(part.title for part in facts.parts if not part.answers)
        if ill:
            what = Sentence("No answer from: %(parts)s", parts=ill)
            yield Finding("processes", what, Sentence("satispy up"), "heal the stack")
    elif facts.leftovers:
        count = len(facts.leftovers)
        what = Sentence("%(count)s processes are left of a stack that is down", count=count)
        yield Finding("processes", what, Sentence("satispy down"), "end leftovers")


def bucket(facts: Facts) -> Iterable[Finding]:
    if facts.bucket_error:
        do = Sentence("satispy logs localstack")
        yield Finding("bucket", Sentence(facts.bucket_error), do, "heal the stack")
    if facts.bucket and facts.bucket.left_out:
        count = len(facts.bucket.left_out)
        named = "; ".join(facts.bucket.left_out[:3]) + ("; …" if count > 3 else "")
        what = Sentence(
            "objects are left out, %(count)s: %(named)s", count=Count(count), named=named
        )
        do = Sentence("delete them, or send them under other names")
        yield Finding("bucket", what, do, grave=False)


def pointer(facts: Facts) -> Iterable[Finding]:
    if facts.bucket and facts.bucket.pointer:
        do = Sentence("satispy models promote MODEL, or the next retrain")
        yield Finding("pointer", Sentence(facts.bucket.pointer), do, "mend pointer")
    for tag in facts.bucket.unarchived if facts.bucket else ():
        family = tag.partition(":")[0].removeprefix("satispy-")
        what = Sentence("%(tag)s serves, and its archive is not in the bucket", tag=tag)
        do = Sentence("satispy models rollback %(family)s, or satispy retrain", family=family)
        yield Finding("pointer", what, do)


def table(facts: Facts) -> Iterable[Finding]:
    if facts.bucket and facts.bucket.table:
        do = Sentence("satispy reviews log, then satispy reviews restore VERSION")
        yield Finding("table", Sentence(facts.bucket.table), do)


#: What a machine needs before anything starts.
ENVIRONMENT: tuple[Check, ...] = (libraries, versions, disk)
CHECKS: tuple[Check, ...] = (
    *(libraries, versions, browser, disk, permissions),
    *(ports, processes, bucket, pointer, table),
)


def findings(facts: Facts, checks: Iterable[Check] = CHECKS) -> list[Finding]:
    return [finding for check in checks for finding in check(facts)]
