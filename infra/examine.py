"""The facts that `infra.doctor` judges, and the hand that mends."""

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

from infra import doctor, openmp, processes
from infra import home as home_folder
from infra.parts import LOCALSTACK_PYTHON, ROOT
from infra.stack import PartStatus, Stack
from satispy.errors import BrokenArtefact, SatispyError, StackError
from satispy.locales.messages import _
from satispy.locales.telling import told
from satispy.storage import Store

PACKAGES = Path(sysconfig.get_path("purelib"))
LOCALSTACK_PACKAGES = LOCALSTACK_PYTHON.parents[1] / "lib" / "python3.11" / "site-packages"
PIN = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s\\;]+)", re.MULTILINE)


def environment(home: Path) -> doctor.Facts:
    """What a machine needs before anything starts; within a second, and nothing is started."""
    locks = {"app": PACKAGES, "localstack": LOCALSTACK_PACKAGES}
    differing = {lock: difference(lock, packages) for lock, packages in locks.items()}
    there = next(folder for folder in (home, *home.resolve().parents) if folder.exists())
    return doctor.Facts(
        library=openmp.missing(PACKAGES),
        differing={lock: names for lock, names in differing.items() if names},
        disk_free=shutil.disk_usage(there).free,
    )


def all_facts(stack: Stack, look_for_browser: bool = True) -> doctor.Facts:
    """All of them; whether a browser starts takes seconds."""
    home = stack.home
    status = stack.status()
    up = status[0].answers
    bucket, error = (None, "")
    if up:
        try:
            bucket = in_bucket(stack.store())
        except SatispyError as failed:
            error = str(failed)
    return replace(
        environment(home),
        browser=missing_browser() if look_for_browser else "",
        home=str(home),
        home_is_open=home.exists() and home_folder.is_open(home),
        parts=tuple(part_facts(stack, each) for each in status),
        leftovers=tuple(stack.pids()),
        bucket=bucket,
        bucket_error=error,
    )


def difference(lock: str, packages: Path) -> tuple[str, ...]:
    """The pins of a lock that are not what is installed there, as `name==version`."""
    pinned = PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text())
    installed = {
        (plain(name), version)
        for folder in packages.glob("*.dist-info")
        for name, _, version in [folder.name.removesuffix(".dist-info").rpartition("-")]
    }
    return tuple(
        f"{name}=={version}" for name, version in pinned if (plain(name), version) not in installed
    )


def plain(name: str) -> str:
    """As names of packages are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def missing_browser() -> str:
    """The command that brings one; empty if one starts, or if no tests are installed."""
    if importlib.util.find_spec("playwright") is None:
        return ""
    from infra import browser

    return "" if browser.starts() else browser.remedy(browser.distribution())


def part_facts(stack: Stack, status: PartStatus) -> doctor.Part:
    taken, part = "", status.part
    if status.process is None:
        try:
            processes.demand_free(stack.settings.host, part.port, part.title, part.port_setting)
        except StackError as error:
            taken = told(error)
    return doctor.Part(part.title, status.process is not None, status.answers, taken)


def in_bucket(store: Store) -> doctor.Bucket:
    from deltalake.exceptions import DeltaError

    from satispy import left_out
    from satispy.registry import pointer
    from satispy.reviews import ReviewTable

    broken, unarchived, table = "", [], ""
    try:
        serving = pointer.read(store).families.values()
        unarchived = [each.tag for each in serving if not store.exists(each.archive)]
    except BrokenArtefact as error:
        broken = told(error).partition(":")[0].rstrip()
    try:
        if (reviews := ReviewTable(store)).version() is not None:
            reviews.count()
    except (SatispyError, DeltaError, OSError) as error:
        why = told(error) if isinstance(error, SatispyError) else str(error)
        table = _("The reviews cannot be read: %(why)s", why=why.splitlines()[0])
    # The pointer is named on its own, with how to mend it.
    odd = [told(each) for each in left_out.find(store) if each.key != pointer.KEY]
    return doctor.Bucket(tuple(odd), broken, tuple(unarchived), table)


def mend(stack: Stack, finding: doctor.Finding) -> None:
    """Do what the finding says can be done. Raises SatispyError if it did not help."""
    match finding.mend:
        case "install":
            install()
        case "end leftovers":
            stack.down()
        case "heal the stack":
            stack.up()
        case "close the home":
            home_folder.make(stack.home)
        case "mend pointer":
            from satispy.registry import pointer

            pointer.mend(stack.store())


def install() -> None:
    for folder, lock in ((sys.prefix, "app"), (str(LOCALSTACK_PYTHON.parents[1]), "localstack")):
        done = subprocess.run(  # noqa: S603  # our own script
            ["bash", str(ROOT / "infra" / "install.sh"), folder, lock],  # noqa: S607
            check=False,
        )
        if done.returncode:
            raise StackError("The installation of requirements/%(lock)s.txt failed.", lock=lock)
