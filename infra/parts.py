"""What a local stack is made of: each server's address, command line and environment."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from infra import environment
from satispy.same_origin import Hosts
from satispy.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LOCALSTACK_PYTHON = ROOT / ".venv-localstack" / "bin" / "python"
# Byte code is worth writing: TensorFlow's import takes 4 s with it and 13 s without.
NOT_INHERITED = (*environment.FOREIGN, "AWS_ENDPOINT_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Part:
    """One of the three servers."""

    name: str
    title: str
    port: int
    port_setting: str
    url: str
    ready_path: str
    command: tuple[str, ...]
    #: Asked of what has been ready before, if it is cheaper; empty: the same.
    alive_path: str = ""


def localstack(settings: Settings) -> Part:
    return Part(
        "localstack",
        "LocalStack",
        settings.localstack_port,
        "SATISPY_LOCALSTACK_PORT",
        f"http://{settings.host}:{settings.localstack_port}",
        "/_localstack/health",
        (str(LOCALSTACK_PYTHON), "-m", "localstack.runtime.main"),
    )


def service(settings: Settings) -> Part:
    return Part(
        "service",
        "Prediction service",
        settings.service_port,
        "SATISPY_SERVICE_PORT",
        f"http://{settings.host}:{settings.service_port}",
        "/readyz",
        (
            *(sys.executable, "-m", "bentoml", "serve", "bentos.service:Sentiment"),
            *("--host", settings.host, "--port", str(settings.service_port)),
        ),
    )


def app(settings: Settings) -> Part:
    return Part(
        "app",
        "App",
        settings.app_port,
        "SATISPY_APP_PORT",
        f"http://{settings.host}:{settings.app_port}{settings.app_prefix}",
        "/ready",
        (
            *(sys.executable, "-m", "satispy.dashboard"),
            *("--address", settings.host, "--port", str(settings.app_port)),
            *_websocket_origins(settings),
            "--liveness",
            # A page that was open for a week goes on when the app has started anew.
            *("--session-token-expiration", str(7 * 24 * 3600)),
        ),
        "/liveness",
    )


def _websocket_origins(settings: Settings) -> list[str]:
    """Bokeh asks as well, by host and port alone (satispy/dashboard/guarded.py asks for more)."""
    names = Hosts.of(settings.hosts, settings.app_port).names
    return [
        argument
        for name in sorted(names if names is not None else {"*"})
        if not name.startswith("[")  # Bokeh takes no IPv6 address, and ends at once if given one
        for argument in ("--allow-websocket-origin", name)
    ]


def localstack_environment(settings: Settings, home: Path) -> dict[str, str]:
    """LocalStack's own; the other two need only `inherited() | reach(…)`. Makes its tmp/."""
    address = f"{settings.host}:{settings.localstack_port}"
    tmp = home / "tmp"  # its own: two instances that share one mix up their files
    tmp.mkdir(parents=True, exist_ok=True)
    key_id, secret = environment.credentials(home).values()
    return inherited() | {
        "GATEWAY_LISTEN": address,
        "GATEWAY_SERVER": "loopback",
        "GATEWAY_HOSTS": f"{settings.hosts} {settings.host}",
        "GATEWAY_KEY_ID": key_id,
        "GATEWAY_SECRET": secret,
        "GATEWAY_OPEN": api_path(settings),
        # What it asks of itself goes by no socket: from there, it takes nothing without the key.
        "IN_MEMORY_CLIENT": "1",
        "DISABLE_CORS_HEADERS": "1",
        "LOCALSTACK_HOST": address,
        # In a container it takes itself for its own image, and writes to /usr/lib and /var/lib.
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": str(tmp / "filesystem"),
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_PROCESS_PYTHON": sys.executable,
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "60",  # TensorFlow's import
        # An idle function keeps its memory, and starting it again takes half a second.
        "LAMBDA_KEEPALIVE_MS": "10000",
        "LAMBDA_PROCESS_LOG": str(home / "logs" / "functions.log"),
        "PROVIDER_OVERRIDE_S3": "durable",
        "S3_FOLDER": str(home / "s3"),
        "SQS_ENDPOINT_STRATEGY": "path",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "TMPDIR": str(tmp),
    }


def api_path(settings: Settings) -> str:
    """Where the REST API is, which asks for an account instead of the key."""
    return f"/_aws/execute-api/{settings.stack_name}/api"


def reach(settings: Settings, home: Path) -> dict[str, str]:
    """The environment in which the stack is reached: all names in it are known beforehand."""
    cloud = localstack(settings).url
    account = f"{settings.region}:000000000000"
    queues = f"{cloud}/queue/{settings.region}/000000000000/{settings.stack_name}"
    model_home = str(home / "bentoml")
    return environment.credentials(home) | {
        "AWS_ENDPOINT_URL": cloud,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "SATISPY_HOME": str(home),
        "SATISPY_STACK_NAME": settings.stack_name,
        "SATISPY_BUCKET": settings.bucket,
        "SATISPY_STATE_MACHINE_ARN": f"arn:aws:states:{account}:stateMachine:"
        f"{settings.stack_name}-retrain",
        "SATISPY_ALERTS_TOPIC_ARN": f"arn:aws:sns:{account}:{settings.stack_name}-alerts",
        "SATISPY_UPLOAD_QUEUE_URL": f"{queues}-uploads",
        "SATISPY_DEAD_LETTERS_URL": f"{queues}-dead-letters",
        "SATISPY_API_URL": cloud + api_path(settings),
        "SATISPY_BENTOML_HOME": model_home,
        "BENTOML_HOME": model_home,
        "BENTOML_DO_NOT_TRACK": "True",
        "SATISPY_HOSTS": settings.hosts,
        "SATISPY_LOCALSTACK_PORT": str(settings.localstack_port),
        "SATISPY_SERVICE_PORT": str(settings.service_port),
        "SATISPY_APP_PORT": str(settings.app_port),
        "SATISPY_SERVICE_URL": service(settings).url,
        "SATISPY_APP_PREFIX": settings.app_prefix,
    }


def template_parameters(settings: Settings, model_home: str) -> dict[str, str]:
    """Of template.yaml. LocalStack takes an empty one for the default, and `rate(1 day)` for
    midnight in UTC, when a laptop is seldom awake."""
    somebody_waits = settings.min_new_rows > 1 or settings.min_minutes
    return {
        "BucketName": settings.bucket,
        "ModelHome": model_home,
        "Embeddings": settings.embeddings,
        "Primer": str(settings.primer).lower(),
        "Seed": str(settings.seed),
        "MaxTrainingRows": str(settings.max_training_rows),
        "ModelParameters": json.dumps(settings.parameters),
        "Mask": str(settings.mask).lower(),
        "Columns": json.dumps(settings.columns),
        "TrainingThreads": "1",
        "TrainedAtOnce": str(min(3, os.cpu_count() or 1)),
        "TurnSeconds": "2",
        "MinNewRows": str(settings.min_new_rows),
        "MinMinutes": str(settings.min_minutes),
        "DueSchedule": "rate(1 minute)" if somebody_waits else "rate(15 minutes)",
        "SweepSchedule": "rate(15 minutes)",
        "AlertsSchedule": "rate(5 minutes)",
        "AlertLanguage": settings.alert_language,
        "OldModelDays": str(settings.old_model_days),
        "VacuumSchedule": "rate(6 hours)",
        "SetsApiLogsRole": "false",
    }


def inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
