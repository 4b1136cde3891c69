"""What is wrong here, and what to do about it: facts in, findings out. `infra.examine` gathers.

Each check reads the facts it needs and yields a finding for each thing that is not as it should
be; a check that has nothing to say yields nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    what: str
    do: str
    mend: Mend = ""
    grave: bool = True  # something will fail; else it is good to know


Check = Callable[[Facts], Iterable[Finding]]


def libraries(facts: Facts) -> Iterable[Finding]:
    if facts.library:
        what, _, do = facts.library.partition(". ")
        yield Finding("libraries", what, do)


def versions(facts: Facts) -> Iterable[Finding]:
    for lock, packages in facts.differing.items():
        named = ", ".join(packages[:3]) + (", …" if packages[3:] else "")
        what = f"{len(packages)} packages are not those of requirements/{lock}.txt: {named}"
        yield Finding("versions", what, "make demo installs them", "install", grave=False)


def browser(facts: Facts) -> Iterable[Finding]:
    if facts.browser:
        what = "No Chromium starts: make test will skip the page tests"
        yield Finding("browser", what, facts.browser, grave=False)


def disk(facts: Facts) -> Iterable[Finding]:
    if facts.disk_free < DISK_LOW:
        what = f"{facts.disk_free / GB:.1f} GB are free where {facts.home} is"
        do = "satispy models prune and satispy reviews vacuum delete what is old"
        yield Finding("disk", what, do, grave=facts.disk_free < DISK_FULL)


def permissions(facts: Facts) -> Iterable[Finding]:
    if facts.home_is_open:
        what = f"Other users of this machine can read {facts.home}: reviews, accounts, keys"
        yield Finding("permissions", what, f"chmod -R go= '{facts.home}'", "close the home")


def ports(facts: Facts) -> Iterable[Finding]:
    for part in facts.parts:
        if part.taken:
            what, _, do = part.taken.partition(". ")
            yield Finding("ports", what, do)


def processes(facts: Facts) -> Iterable[Finding]:
    running = [part for part in facts.parts if part.runs]
    if running:
        ill = ", ".join(part.title for part in facts.parts if not part.answers)
        if ill:
            yield Finding("processes", f"No answer from: {ill}", "satispy up", "heal the stack")
    elif facts.leftovers:
        count = len(facts.leftovers)
        what = f"{count} processes are left of a stack that is down"
        yield Finding("processes", what, "satispy down", "end leftovers")


def bucket(facts: Facts) -> Iterable[Finding]:
    if facts.bucket_error:
        yield Finding("bucket", facts.bucket_error, "satispy logs localstack", "heal the stack")
    if facts.bucket and facts.bucket.left_out:
        count = len(facts.bucket.left_out)
        named = "; ".join(facts.bucket.left_out[:3]) + ("; …" if count > 3 else "")
        what = f"{count} objects are left out: {named}"
        yield Finding("bucket", what, "delete them, or send them under other names", grave=False)


def pointer(facts: Facts) -> Iterable[Finding]:
    if facts.bucket and facts.bucket.pointer:
        do = "satispy models promote MODEL, or the next retrain"
        yield Finding("pointer", facts.bucket.pointer, do, "mend pointer")
    for tag in facts.bucket.unarchived if facts.bucket else ():
        family = tag.partition(":")[0].removeprefix("satispy-")
        do = f"satispy models rollback {family}, or satispy retrain"
        yield Finding("pointer", f"{tag} serves, and its archive is not in the bucket", do)


def table(facts: Facts) -> Iterable[Finding]:
    if facts.bucket and facts.bucket.table:
        do = "satispy reviews log, then satispy reviews restore VERSION"
        yield Finding("table", facts.bucket.table, do)


#: What a machine needs before anything starts.
ENVIRONMENT: tuple[Check, ...] = (libraries, versions, disk)
CHECKS: tuple[Check, ...] = (
    *(libraries, versions, browser, disk, permissions),
    *(ports, processes, bucket, pointer, table),
)


def findings(facts: Facts, checks: Iterable[Check] = CHECKS) -> list[Finding]:
    return [finding for check in checks for finding in check(facts)]
