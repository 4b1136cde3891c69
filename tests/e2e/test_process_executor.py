"""Functions as processes: what AWS Lambda does with crashes, timeouts and concurrency."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from infra.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

CODE = """
import os, sys, time
print("loaded")
calls = 0

def handler(event, context):
    global calls
    calls += 1
    print("hello from", event.get("do"))
    match event.get("do"):
        case "raise":
            raise ValueError("no such review")
        case "exit":
            os._exit(7)
        case "sleep":
            time.sleep(event["seconds"])
        case "remaining":
            return context.get_remaining_time_in_millis()
        case "grow":
            bytearray(300 << 20)
        case "environment":
            return dict(os.environ)
    return {"pid": os.getpid(), "calls": calls}
"""

Invoke = Callable[..., tuple[Any, dict[str, Any]]]


@pytest.fixture(scope="module")
def invoke(stack: Stack) -> Iterator[Invoke]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("probe.py", CODE)
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="probe",
        Runtime="python3.11",
        Handler="probe.handler",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": archive.getvalue()},
        Timeout=2,
    )
    client.get_waiter("function_active_v2").wait(FunctionName="probe")

    def call(**event: Any) -> tuple[Any, dict[str, Any]]:
        answer = client.invoke(FunctionName="probe", Payload=json.dumps(event), LogType="Tail")
        return json.loads(answer["Payload"].read()), answer

    yield call
    client.delete_function(FunctionName="probe")


def test_a_warm_function_keeps_its_process(invoke: Invoke) -> None:
    first, _ = invoke()
    second, _ = invoke()
    assert second["pid"] == first["pid"]
    assert second["calls"] == first["calls"] + 1


def test_an_exception_is_answered_with_its_type_and_message(invoke: Invoke) -> None:
    result, answer = invoke(do="raise")
    assert answer["FunctionError"] == "Unhandled"
    assert (result["errorType"], result["errorMessage"]) == ("ValueError", "no such review")


def test_a_crash_is_answered_and_the_next_call_gets_a_new_process(invoke: Invoke) -> None:
    result, answer = invoke(do="exit")
    assert answer["FunctionError"] == "Unhandled"
    assert result["errorType"] == "Runtime.ExitError"
    assert "exit status 7" in result["errorMessage"]
    assert invoke()[0]["calls"] == 1


def test_a_function_that_takes_too_long_is_killed(invoke: Invoke) -> None:
    begin = time.monotonic()
    result, _ = invoke(do="sleep", seconds=30)
    assert "timed out after 2.00 seconds" in result["errorMessage"]
    assert time.monotonic() - begin < 10
    assert invoke()[0]["calls"] == 1


def test_calls_at_the_same_time_get_processes_of_their_own(invoke: Invoke) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: invoke(do="sleep", seconds=1)[0], range(4)))
    assert len({answer["pid"] for answer in answers}) == 4


def test_a_function_knows_how_much_time_it_has(invoke: Invoke) -> None:
    remaining, _ = invoke(do="remaining")
    assert 1000 < remaining <= 2000


def test_a_function_sees_the_endpoint_and_nothing_of_the_developers_environment(
    invoke: Invoke, stack: Stack
) -> None:
    environment, _ = invoke(do="environment")
    assert environment["AWS_ENDPOINT_URL"] == stack.localstack.url
    assert environment["TMPDIR"].startswith(str(stack.home))
    assert not {"GATEWAY_LISTEN", "S3_FOLDER", "VIRTUAL_ENV"} & set(environment)


def test_what_a_function_prints_is_in_cloudwatch(invoke: Invoke) -> None:
    invoke(do="be read")
    logs = boto3.client("logs")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        events = logs.filter_log_events(logGroupName="/aws/lambda/probe")["events"]
        if any("hello from be read" in event["message"] for event in events):
            break
        time.sleep(0.2)
    text = "\n".join(event["message"] for event in events)
    assert "hello from be read" in text
    assert "Max Memory Used" in text


def test_what_a_function_prints_stays_readable_when_localstack_is_gone(
    invoke: Invoke, stack: Stack
) -> None:
    invoke(do="be kept")
    lines = (stack.home / "logs" / "functions.log").read_text().splitlines()
    assert any(line.endswith("probe hello from be kept") for line in lines)


def test_a_process_that_took_much_memory_ends_with_its_invocation(invoke: Invoke) -> None:
    grown, _ = invoke(do="grow")
    after, _ = invoke()
    assert after["pid"] != grown["pid"]
