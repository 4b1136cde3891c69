"""Every setting, from the environment (`SATISPY_…`); nothing else reads os.environ."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

AlertLanguage = Literal["fr", "en"]


def _posix_language() -> str:
    """The first that is set and not empty, as POSIX has it."""
    said = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, said), "")


class Settings(BaseSettings):
    """One value, made once at each edge (handler, command, service, page) and passed down."""

    model_config = SettingsConfigDict(env_prefix="SATISPY_", frozen=True, extra="ignore")

    # --- the cloud: set by template.yaml in functions, by `satispy up` for service and app ---
    bucket: str = "satispy"
    region: str = Field("eu-west-3", validation_alias="AWS_REGION")
    # Set by LocalStack inside its functions and by the stack for local processes; unset in AWS.
    endpoint_url: str | None = Field(None, validation_alias="AWS_ENDPOINT_URL")
    state_machine_arn: str = ""
    alerts_topic_arn: str = ""
    upload_queue_url: str = ""
    dead_letters_url: str = ""
    api_url: str = ""
    # A retrain is worth it from so many new reviews on, and so long after the last one's start
    min_new_rows: int = Field(1, ge=1)
    min_minutes: float = Field(0, ge=0)
    turn_seconds: int = 15  # how often a retrain that waits for an older one looks again

    # --- who is told of alerts, besides the topic (docs/alerts.md) ---
    alert_channels: Path | None = None  # a file of mode 600; None: alerts.toml of `home`, if any
    alert_channels_secret: str = ""  # ARN of a secret with what the file would say
    alert_language: AlertLanguage = "fr"  # in which they are told; a channel may have its own
    old_model_days: float = Field(90, ge=0)  # a model that serves for longer is an alert; 0: never

    # --- the reviews ---
    mask: bool = True  # e-mail addresses, phone numbers, IBANs and order numbers in comments
    # JSON: field of a review → the column it is read from, for CSVs with other names
    columns: dict[str, str] = Field(default_factory=dict)
    timezone: str = "Europe/Paris"  # whose day it is when a review has no date
    # In which language commands answer: fr, or as POSIX writes it, fr_FR.UTF-8
    lang: str = Field(default_factory=_posix_language)
    dates: str = ""  # day-first or month-first; empty: each column of dates decides for itself

    # --- the local stack ---
    stack_name: str = "satispy"
    home: Path = Path(".satispy")
    host: str = "127.0.0.1"
    # Names under which app, service and LocalStack answer, with or without a port; `*`: any, for
    # what stands behind a proxy that checks them (satispy/same_origin.py)
    hosts: str = "127.0.0.1, localhost, [::1]"
    localstack_port: int = 4566
    service_port: int = 3000
    app_port: int = 5006
    service_url: str = "http://127.0.0.1:3000"

    # --- the app's door (docs/security.md) ---
    # Signs its cookies, 32 characters or more; empty: the file app-key of `home`, made when missing
    app_secret: str = ""
    app_prefix: str = ""  # before every address of the app: /satispy, for a proxy that keeps it
    behind_proxy: bool = False  # X-Forwarded-For and -Proto are a proxy's of ours: believe them
    idle_hours: float = Field(8, gt=0)  # a visit ends so long after the last click
    signed_in_days: float = Field(7, gt=0)  # and so long after it began, whatever happens

    # Beyond it the app starts anew once no page is open; at 1.5 times it, after a minute's notice.
    app_memory_mb: int = 600

    # --- the models ---
    bentoml_home: Path | None = None  # None: BentoML's own default, or BENTOML_HOME
    embeddings: str = ""  # path, https:// or s3:// of a wikipedia2vec file; empty: train our own
    primer: bool = True  # learn from satispy.primer's sentences beside the reviews
    # Of a larger dataset a retrain reads the newest of each source, company and star; 0: all
    max_training_rows: int = Field(100_000, ge=0)
    # Where a retrain's partitions are worked on; auto: by rows, with Dask from 250,000 on
    engine: Literal["auto", "here", "dask"] = "auto"
    # tcp://host:8786; tcp://:8786: one of our own, which workers find by the bucket; empty: workers
    # on this machine, while it trains
    dask_scheduler: str = ""
    dask_workers: int = Field(2, ge=1)  # of those
    dask_worker_mb: int = Field(3_072, ge=1_024)
    # Rows from which on AWS retrains with tasks of its own (infra/cloud/scale.yaml); 0: never
    scale_from_rows: int = Field(0, ge=0)
    seed: int = 20
    # Overrides of satispy.models.parameters, as JSON: {"gbc": {"trees": 300}}
    parameters: dict[str, Any] = Field(default_factory=dict)

    # --- the prediction service ---
    tokens: Path | None = None  # file of `name sha256` lines; none: answer loopback only
    poll_seconds: float = 2.0  # how soon a promotion is noticed
    service_token: str = ""  # what our own clients (command line, app) send to the service
    follow: bool = False  # a built Bento follows promotions too, instead of its own models
    workers: int = 1  # processes of the prediction service
    max_concurrency: int = 64  # requests at once in a worker; beyond: 429
    max_connections: int = 512  # in a worker; beyond, those that wait are given up
    # For a client to send a head or a body of texts, or to take its answer; a CSV has more time,
    # if it comes at 20 kB a second
    seconds_to_send: float = 10.0
