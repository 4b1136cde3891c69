"""Whatever is killed, silent or half done: `up` heals that part, and leaves the others alone."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import httpx
import psutil
import pytest
from stacks import at_rest, speak_to

from benchmarks import _told, alerts
from benchmarks._heal import Promises, settle
from benchmarks.heal import measure
from infra import environment, processes
from infra.stack import Stack
from satispy.alerts import book
from satispy.reviews import receipts
from satispy.settings import Settings
from satispy.storage import Store
from tests import odd_objects
from tests.own_stack import stack_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Of its own: what these tests kill would be missing to others."""
    stack = stack_in(tmp_path_factory.mktemp("healing") / "home")
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.FOREIGN:
            patch.delenv(name, raising=False)
        try:
            admin = stack.up().admin
            assert admin is not None
            assert admin[0] == "admin"
            speak_to(stack, patch)
            yield stack
        finally:
            stack.down()


def pid(stack: Stack, name: str) -> int:
    started = processes.recorded(stack.home, name)
    assert started
    return started.pid


def kill(process: int, how: signal.Signals = signal.SIGKILL) -> None:
    os.kill(process, how)


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def all_well(stack: Stack) -> bool:
    return all(each.answers and not each.strays for each in stack.status())


def test_a_worker_that_outlived_its_parent_is_named_and_ended(stack: Stack) -> None:
    localstack, app = pid(stack, "localstack"), pid(stack, "app")
    service = psutil.Process(pid(stack, "service"))
    workers = {child.pid for child in service.children(recursive=True)}
    kill(service.pid)
    until(lambda: processes.recorded(stack.home, "service") is None)
    told = {each.part.name: each for each in stack.status()}["service"]
    assert (told.process, told.answers) == (None, False)
    assert set(told.strays) <= workers
    assert told.strays

    stack.up()

    assert all_well(stack)
    assert not any(psutil.pid_exists(worker) for worker in workers)
    assert (pid(stack, "localstack"), pid(stack, "app")) == (localstack, app)


def test_when_localstack_dies_nothing_is_lost_and_the_others_go_on(stack: Stack) -> None:
    s3 = boto3.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket="satispy", Key="quarantine/kept.csv", Body=body)
    # Nobody reads the queue, and then it is gone: as if LocalStack had died at once.
    functions = boto3.client("lambda")
    (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    service, app = pid(stack, "service"), pid(stack, "app")
    serving = httpx.get(f"{stack.service.url}/models").json()["serving"]
    s3.put_object(Bucket="satispy", Key="uploads/a.csv", Body=b"Commentaire,star\nbien,5\n")
    dead = psutil.Process(pid(stack, "localstack"))
    children = {child.pid for child in dead.children(recursive=True)}
    kill(dead.pid)
    until(lambda: processes.recorded(stack.home, "localstack") is None)
    assert [each.answers for each in stack.status()] == [False, True, True]

    again = stack.up()

    assert (again.uploads, again.admin) == (1, None)
    assert all_well(stack)
    assert not any(psutil.pid_exists(child) for child in children)
    assert (pid(stack, "service"), pid(stack, "app")) == (service, app)
    assert httpx.get(f"{stack.service.url}/models").json()["serving"] == serving
    store = Store.bucket(Settings())
    until(lambda: store.exists("receipts/a.json"))
    assert receipts.read(store, "uploads/a.csv").added == 1
    versions = s3.list_object_versions(Bucket="satispy", Prefix="quarantine/")["Versions"]
    assert [version["IsLatest"] for version in versions] == [True, False]
    kept = s3.get_object(Bucket="satispy", Key="quarantine/kept.csv")
    assert kept["Body"].read() == b"two"


def test_up_while_the_app_is_ending_waits_for_it(stack: Stack) -> None:
    app = pid(stack, "app")
    kill(app, signal.SIGTERM)
    stack.up()
    assert all_well(stack)
    assert pid(stack, "app") != app


def test_a_part_that_runs_and_does_not_answer_is_restarted(stack: Stack) -> None:
    silent, localstack = pid(stack, "app"), pid(stack, "localstack")
    kill(silent, signal.SIGSTOP)
    assert [each.part.name for each in stack.status() if not each.answers] == ["app"]
    stack.up()
    assert all_well(stack)
    assert pid(stack, "app") != silent
    assert pid(stack, "localstack") == localstack


def test_an_up_that_was_killed_while_deploying_is_taken_up_by_the_next(tmp_path: Path) -> None:
    stack = stack_in(tmp_path / "home")
    ports = {f"SATISPY_{part.name}_PORT".upper(): str(part.port) for part in stack.parts}
    try:
        up = subprocess.Popen(
            [sys.executable, "-m", "satispy.cli", "up"],
            env=os.environ | ports | {"SATISPY_HOME": str(stack.home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # The servers start when LocalStack is ready: the template is being deployed.
        until(lambda: (stack.home / "processes" / "app.json").exists(), 300)
        time.sleep(1)
        up.kill()
        up.wait()
        stack.up()
        assert all_well(stack)
    finally:
        stack.down()


def test_odd_objects_keep_nothing_down_and_are_named(stack: Stack) -> None:
    named = odd_objects.put(boto3.client("s3"), "satispy")
    kill(pid(stack, "localstack"))
    stack.up()
    assert all_well(stack)
    assert {each.key for each in stack.left_out()} == named
    said = subprocess.run(
        [sys.executable, "-m", "satispy.cli", "status"], capture_output=True, text=True, check=True
    )
    assert f"{len(named)} objects are left out:" in said.stdout
    store = Store.bucket(Settings())
    odd_names = [key for key, body in odd_objects.HARMLESS.items() if key.endswith(".csv") and body]
    assert settle(Promises(uploads={key: [] for key in odd_names}), store) == []


def test_alerts_are_told_by_every_channel_and_none_is_lost_when_app_and_localstack_are_killed(
    stack: Stack,
) -> None:
    at_rest(stack)  # a run that ended meanwhile would give back the turn that is made up
    store = stack.store()
    _told.failed(store, "v00066")  # and is found: what fails next is another incident
    until(lambda: "v00066" in book.read(store).model_dump_json())
    figures = alerts.measure(stack, 2, random.Random(7), repeats=10)  # noqa: S311  # seeded
    assert (figures["lost"], figures["incidents"], figures["unsigned"]) == (0, 1, 0)
    assert all(seconds < alerts.SETTLE_SECONDS for seconds in figures["delivered"].values())


def test_nothing_is_lost_when_processes_are_killed_under_load_and_down_ends_all(
    stack: Stack, tmp_path: Path
) -> None:
    figures = measure(stack, tmp_path, rounds=2, chance=random.Random(7))  # noqa: S311  # seeded
    assert (figures["lost"], figures["not_up"]) == (0, 0)
    assert figures["uploads"]
    stack.down()
    assert processes.all_of(stack.home) == []
