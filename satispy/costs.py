"""What the system costs in AWS, from what is done in a month. Pure: figures in, lines out.

Prices are those of Europe (Paris), without free tiers; they change. Seconds are measured
(`make bench NAME=cost`), requests to S3 counted (`make bench NAME=year`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from satispy.sentence import N_, Amount, Count, Sentence

DAYS: Final = 30
HOURS: Final = 730
#: Memory that comes with one processor:
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MB_OF_A_PROCESSOR: Final = 1769


@dataclass(frozen=True)
class Price:
    """Dollars for so many of something, and the page that says so."""

    dollars: float
    per: float
    source: str

    def of(self, amount: float) -> float:
        return self.dollars * amount / self.per


_S3: Final = "https://aws.amazon.com/s3/pricing/"
_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
PRICES: Final[Mapping[str, Price]] = {
    "put": Price(0.0053, 1_000, _S3),  # PUT, COPY, POST, LIST
    "get": Price(0.00042, 1_000, _S3),
    "gb_month": Price(0.024, 1, _S3),
    "gb_second": Price(0.0000166667, 1, _LAMBDA),
    "call": Price(0.20, 1e6, _LAMBDA),
    "transition": Price(0.0297, 1_000, "https://aws.amazon.com/step-functions/pricing/"),
    "message": Price(0.40, 1e6, "https://aws.amazon.com/sqs/pricing/"),
    "api_request": Price(3.70, 1e6, "https://aws.amazon.com/api-gateway/pricing/"),
    "alarm": Price(0.10, 1, "https://aws.amazon.com/cloudwatch/pricing/"),
    "dashboard": Price(3.00, 1, "https://aws.amazon.com/cloudwatch/pricing/"),
    "metric": Price(0.30, 1, "https://aws.amazon.com/cloudwatch/pricing/"),
    "gb_of_logs": Price(0.60, 1, "https://aws.amazon.com/cloudwatch/pricing/"),
    "gb_of_images": Price(0.10, 1, "https://aws.amazon.com/ecr/pricing/"),
    "processor_hour": Price(0.0486, 1, "https://aws.amazon.com/fargate/pricing/"),
    # Spot follows what there is: about so much in Paris, a third of the usual price.
    "spot_processor_hour": Price(0.0152, 1, "https://aws.amazon.com/fargate/pricing/"),
    "spot_gb_hour": Price(0.0017, 1, "https://aws.amazon.com/fargate/pricing/"),
    "balancer_hour": Price(0.027, 1, "https://aws.amazon.com/elasticloadbalancing/pricing/"),
    "gb_hour": Price(0.0053, 1, "https://aws.amazon.com/fargate/pricing/"),
}


@dataclass(frozen=True)
class Function:
    """A function's memory in template.yaml, and the seconds it took with so many rows."""

    mb: int
    seconds: float
    rows: int = 0  # 0: they do not matter

    def took(self, rows: int) -> float:
        """With other rows: in proportion, and not below those of a thousand."""
        return self.seconds * max(rows, 1_000) / self.rows if self.rows else self.seconds

    def gb_seconds(self, rows: int) -> float:
        """A function of less than a processor takes longer by as much."""
        return self.took(rows) / min(1.0, self.mb / MB_OF_A_PROCESSOR) * self.mb / 1024


#: Retrain: seconds on two processors that had other work besides, hence rather too many, of the
#: report of 7,900 reviews (26 November 2026). Merge: processor seconds, docs/decisions/0028.
#: `make bench NAME=cost` measures all of them anew.
FUNCTIONS: Final[Mapping[str, Function]] = {
    "merge": Function(1024, 0.79, 1_500),
    "prepare": Function(1769, 19.4, 7_900),
    "gbc": Function(3008, 24.4, 7_900),
    "svm": Function(3008, 30.4, 7_900),
    "ann": Function(3008, 37.2, 7_900),
    "publish": Function(1024, 11.0, 7_900),
    "api": Function(512, 0.1),
    "alerts": Function(256, 0.15),  # one look
}
RETRAIN: Final = ("prepare", "gbc", "svm", "ann", "publish")


@dataclass(frozen=True)
class Requests:
    """To S3, of one event: those priced like a PUT, and those priced like a GET."""

    put: float
    get: float

    def dollars(self, events: float) -> float:
        return PRICES["put"].of(self.put * events) + PRICES["get"].of(self.get * events)


REQUESTS: Final[Mapping[str, Requests]] = {
    "merge": Requests(11, 53),
    "retrain": Requests(69, 111),
    "alerts": Requests(0, 8),
    "app_poll": Requests(0, 5),
    "service_poll": Requests(0, 1),
}
POLL_SECONDS: Final = 2.0
#: `AlertsSchedule`: every five minutes.
LOOKS_FOR_ALERTS: Final = DAYS * 24 * 12


#: `MaxTrainingRows` and `MinMinutes` (90) of template.yaml.
MAX_TRAINING_ROWS: Final = 100_000
MOST_RETRAINS_A_DAY: Final = 16


@dataclass(frozen=True)
class Month:
    """What is done in one. Containers never sleep; somebody looks at the app all the time."""

    uploads_a_day: float
    rows: int  # of the dataset
    predictions_a_day: float = 0
    rows_of_upload: int = 100
    retrains_a_day: float = 0  # 0: after each upload, as often as the template lets it
    max_training_rows: int = MAX_TRAINING_ROWS  # 0: all are read
    api_requests: float = 10_000
    scale_from_rows: int = 0  # read rows from which on a retrain is a task with workers; 0: never
    scale_workers: int = 4

    @property
    def at_scale(self) -> bool:
        """Whether retrains are tasks with workers (infra/cloud/scale.yaml)."""
        return 0 < self.scale_from_rows <= self.rows_read

    @property
    def uploads(self) -> float:
        return self.uploads_a_day * DAYS

    @property
    def retrains(self) -> float:
        return (self.retrains_a_day or min(self.uploads_a_day, MOST_RETRAINS_A_DAY)) * DAYS

    @property
    def rows_read(self) -> int:
        """By a retrain."""
        return min(self.rows, self.max_training_rows or self.rows)

    @property
    def tasks(self) -> int:
        """Of the service: two, so that one may fail; more where the busiest hour needs them."""
        busiest = self.predictions_a_day / 86_400 * BUSIEST
        return max(2, ceil(busiest / TEXTS_A_SECOND))


#: Of a task with half a processor, one text a request: half of what `make bench NAME=serving`
#: prints for a processor, and as much again in reserve. The busiest hour is ten times the mean.
TEXTS_A_SECOND: Final = 100
BUSIEST: Final = 10
SERVICE: Final = (0.5, 1.0)  # processors and GB of a task, in infra/cloud/containers.yaml
APP: Final = (0.5, 2.0)


@dataclass(frozen=True)
class Line:
    what: Sentence
    amount: Sentence
    dollars: float
    container: bool = False


def lines(month: Month) -> list[Line]:
    """What each service takes."""
    a_run = sum(FUNCTIONS[name].gb_seconds(month.rows_read) for name in RETRAIN)
    training = 0.0 if month.at_scale else a_run * month.retrains
    merging = FUNCTIONS["merge"].gb_seconds(month.rows_of_upload) * month.uploads
    answering = FUNCTIONS["api"].gb_seconds(0) * month.api_requests
    looking = FUNCTIONS["alerts"].gb_seconds(0) * LOOKS_FOR_ALERTS
    calls = 11 * month.retrains + month.uploads + month.api_requests + LOOKS_FOR_ALERTS
    transitions = TRANSITIONS * month.retrains
    messages = POLLS_OF_A_QUEUE + 3 * month.uploads
    polls = DAYS * 86_400 / POLL_SECONDS
    times = {"merge": month.uploads, "retrain": month.retrains, "app_poll": polls}
    times |= {"alerts": LOOKS_FOR_ALERTS}
    s3 = sum(REQUESTS[name].dollars(often) for name, often in times.items())
    s3 += REQUESTS["service_poll"].dollars(polls * month.tasks)
    stored = stored_gb(month)
    logs = 0.5 + month.uploads * 4e-6
    fargate = month.tasks * _task(*SERVICE) + _task(*APP)
    price = PRICES
    return [
        Line(
            Sentence("Lambda, retrains"),
            _of(N_("%(n)s GB-s"), training),
            price["gb_second"].of(training),
        ),
        *([_at_scale(month)] if month.at_scale else []),
        Line(
            Sentence("Lambda, merging, the REST API, alerts"),
            Sentence(
                "%(gb_seconds)s GB-s, %(calls)s calls",
                gb_seconds=Count(round(merging + answering + looking)),
                calls=Count(round(calls)),
            ),
            price["gb_second"].of(merging + answering + looking) + price["call"].of(calls),
        ),
        Line(
            Sentence("Step Functions"),
            _of(N_("%(n)s transitions"), transitions),
            price["transition"].of(transitions),
        ),
        Line(Sentence("SQS"), _of(N_("%(n)s requests"), messages), price["message"].of(messages)),
        Line(
            Sentence("S3, requests"),
            Sentence("polls every %(seconds).0f s, merges, retrains", seconds=POLL_SECONDS),
            s3,
        ),
        Line(
            Sentence("S3, storage"),
            Sentence("%(gb)s GB", gb=Amount(stored)),
            price["gb_month"].of(stored),
        ),
        Line(
            Sentence("API Gateway"),
            _of(N_("%(n)s requests"), month.api_requests),
            price["api_request"].of(month.api_requests),
        ),
        Line(
            Sentence("CloudWatch"),
            Sentence(
                "alarms on %(alarmed)s metrics, %(metrics)s metrics of our own, a dashboard,"
                " %(gb)s GB of logs",
                alarmed=ALARMED,
                metrics=METRICS,
                gb=Amount(logs),
            ),
            price["alarm"].of(ALARMED)
            + price["dashboard"].of(1)
            + price["metric"].of(METRICS)
            + price["gb_of_logs"].of(logs),
        ),
        Line(
            Sentence("ECR"),
            Sentence("%(gb)s GB of images", gb=Amount(1.5)),
            price["gb_of_images"].of(1.5),
        ),
        Line(
            Sentence("Fargate"),
            Sentence(
                "%(tasks)s tasks of the service, one of the app, %(hours)s hours",
                tasks=month.tasks,
                hours=HOURS,
            ),
            fargate,
            container=True,
        ),
        Line(
            Sentence("load balancer"),
            Sentence("%(hours)s hours", hours=HOURS),
            price["balancer_hour"].of(HOURS),
            container=True,
        ),
        Line(
            Sentence("CloudWatch, containers"),
            Sentence("alarms on %(alarmed)s metrics", alarmed=ALARMED_OF_CONTAINERS),
            price["alarm"].of(ALARMED_OF_CONTAINERS),
            container=True,
        ),
    ]


def _of(message: str, number: float) -> Sentence:
    return Sentence(message, n=Count(round(number)))


#: Processor seconds of a retrain at scale, for each row and whatever there is; and of those what
#: who leads takes while workers wait. By runs of 125,000 to 2,000,000 rows (docs/scale.md).
SCALE_SECONDS_A_ROW: Final = 0.0005
SCALE_SECONDS: Final = 200.0
LEADER_SECONDS: Final = 300.0
#: Of tasks to start, workers to come and to go.
SCALE_BEGINS: Final = 120.0
LEADER: Final = (2.0, 8.0)  # processors and GB, in infra/cloud/scale.yaml
WORKER: Final = (1.0, 4.0)


def _at_scale(month: Month) -> Line:
    """Who leads, for the whole of it; workers on Spot until the models are trained."""
    working = (SCALE_SECONDS + SCALE_SECONDS_A_ROW * month.rows_read) / month.scale_workers
    hours = (SCALE_BEGINS + working) / 3_600
    price, led = PRICES, hours + LEADER_SECONDS / 3_600
    of_leader = led * (price["processor_hour"].of(LEADER[0]) + price["gb_hour"].of(LEADER[1]))
    of_worker = price["spot_processor_hour"].of(WORKER[0]) + price["spot_gb_hour"].of(WORKER[1])
    dollars = month.retrains * (of_leader + led * month.scale_workers * of_worker)
    amount = Sentence(
        "%(retrains)s retrains of %(minutes).0f min, %(workers)s workers",
        retrains=Count(round(month.retrains)),
        minutes=led * 60,
        workers=month.scale_workers,
    )
    return Line(Sentence("Fargate, retrains at scale"), amount, dollars)


def serverless(found: Iterable[Line]) -> float:
    return sum(line.dollars for line in found if not line.container)


def of_run(seconds: Mapping[str, float]) -> float:
    """Of a retrain whose functions took so long; by family, prepare and publish."""
    billed = sum(
        FUNCTIONS[name].mb / 1024 * took for name, took in seconds.items() if name in FUNCTIONS
    )
    return (
        PRICES["gb_second"].of(billed)
        + PRICES["transition"].of(TRANSITIONS)
        + REQUESTS["retrain"].dollars(1)
    )


#: Of a run that does not wait for its turn.
TRANSITIONS: Final = 21
#: Lambda asks a queue about fifteen times a minute.
POLLS_OF_A_QUEUE: Final = 650_000
#: Metrics that alarms watch, each of which has its price: of infra/cloud/watch.yaml, and of
#: infra/cloud/containers.yaml.
ALARMED: Final = 40
ALARMED_OF_CONTAINERS: Final = 8
#: Metrics of our own (`satispy/observed.py`), one for each family where they are by family.
METRICS: Final = 12


def stored_gb(month: Month) -> float:
    """At the end of a year: models and reports are kept for good, uploads and receipts too."""
    models = 12 * month.retrains * 3 * 2 * 2e-3  # an archive and the trainers' objects, 2 MB each
    reports = 12 * month.retrains * 60e-6
    uploads = 12 * month.uploads * (2e-6 + 0.2e-6 * month.rows_of_upload)
    table = month.rows * 4 * 0.2e-6
    return models + reports + uploads + table


def _task(processors: float, gb: float) -> float:
    return HOURS * (PRICES["processor_hour"].of(processors) + PRICES["gb_hour"].of(gb))
