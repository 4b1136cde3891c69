"""The Bento service: texts in, sentiments out, by whatever models are promoted."""

import asyncio
import gc
import logging
import sys
from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

import anyio.to_thread
import bentoml
from _bentoml_sdk import Service
from bentoml.exceptions import BentoMLException
from bentoml.images import Image
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bentos import connections, openapi, reviews_csv
from bentos.follower import Follower
from bentos.gate import Gate
from bentos.lineup import (
    Answer,
    Lineup,
    Predict,
    Serving,
    explain,
    predict_one,
    predict_together,
    with_aspects,
)
from bentos.metrics import Metrics
from bentos.problems import answered, problem
from bentos.routes import ROUTES
from satispy.client.types import (
    ExplainRequest,
    Explanation,
    Models,
    PredictAnswer,
    PredictRequest,
    ServedModel,
)
from satispy.errors import RequestRefused
from satispy.registry.store import ModelStore
from satispy.settings import Settings
from satispy.storage import Store

logger = logging.getLogger("bentoml.satispy")

#: Up to here a prediction takes less than the hop to a thread and back costs everybody else.
INLINE_CHARACTERS = 20_000
#: Threads that judge rows of CSVs, in turns: more would take the interpreter from the requests.
CSVS_AT_WORK = 1
#: How long one of them keeps the interpreter from a request; Python's own 5 ms are five requests.
SECONDS_BETWEEN_THREADS = 0.0005


class GuardedService(Service[Any]):
    """A service whose whole application, BentoML's own layers included, stands behind the gate."""

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        settings = Settings()
        app = super().to_asgi(is_main)
        # The gate has the time limit; BentoML's keeps 5 KB of each request until it passes.
        app.user_middleware = [
            layer for layer in app.user_middleware if layer.cls.__name__ != "TimeoutMiddleware"
        ]
        connections.install(settings.seconds_to_send, settings.max_connections)
        return Gate(app, settings)


async def show_models(request: Request) -> Response:
    page: Models = await anyio.to_thread.run_sync(_running().models)
    return Response(page.model_dump_json(), media_type="application/json")


async def show_document(request: Request) -> Response:
    return JSONResponse(openapi.document())


@answered
async def predict_csv(request: Request) -> Response:
    asked = request.query_params
    who_asked = {name: asked[name] for name in ("model", "version") if name in asked}
    try:
        who = PredictRequest.model_validate({"text": "-", **who_asked})
    except ValidationError as error:
        first = error.errors()[0]
        where = f"?{first['loc'][0]}: " if first["loc"] else ""
        return problem(422, "invalid", where + first["msg"])
    aspects = _asks_for_aspects(request)
    answer: Response = await _running().predict_csv(request, who, asked.get("column", ""), aspects)
    return answer


def _running() -> Any:
    """The instance of `Sentiment` in this process."""
    return bentoml.get_current_service()


#: What BentoML's APIs are not made for: a GET, and a body that is not read whole.
pages = Starlette(
    routes=[
        Route("/models", show_models),
        Route("/docs.json", show_document),
        Route("/predict/csv", predict_csv, methods=["POST"]),
    ]
)


@bentoml.asgi_app(pages)
@bentoml.service(
    name="satispy",
    service_class=GuardedService,
    # A distribution that BentoML does not know gets no build tools: 600 MB that nothing here needs.
    image=Image(base_image="python:3.11-slim", distro="none", lock_python_packages=False),
    workers=Settings().workers,
    http={"host": "127.0.0.1", "port": 3000},
    envs=[
        # One thread of BLAS a worker: more of them wait for each other longer than they work.
        {"name": "OPENBLAS_NUM_THREADS", "value": "1"},
        {"name": "OMP_NUM_THREADS", "value": "1"},
        {"name": "MKL_NUM_THREADS", "value": "1"},
        # The thread that loads models would keep an arena of memory of its own after each swap.
        {"name": "MALLOC_ARENA_MAX", "value": "1"},
    ],
    # Metrics count the requests; a line for each costs more than most predictions.
    logging={"access": {"enabled": False}},
    # OpenTelemetry costs 0.3 ms a request even when nothing collects its spans. To trace, give
    # BENTOML_CONFIG a file with an exporter and other `excluded_urls`.
    tracing={"excluded_urls": ".*"},
)
class Sentiment:
    """Sentiment of French customer reviews, by three models that keep learning."""

    def __init__(self) -> None:
        settings = Settings()
        logging.getLogger("bentoml._internal.server.http_app").addFilter(_is_our_fault)
        if settings.tokens is None:
            logger.warning(
                "No tokens are set (SATISPY_TOKENS): anyone on this machine may ask, others may not"
            )
        self._turns = asyncio.Semaphore(CSVS_AT_WORK)
        self._metrics = Metrics()
        built: Any = Sentiment.bento  # type: ignore[attr-defined]  # by now it is a service
        tags = [str(model.tag) for model in built.info.all_models] if built else []
        self._following = settings.follow or not tags
        self.follower = Follower(
            Store.bucket(settings),
            ModelStore(settings.bentoml_home) if self._following else ModelStore.of_bento(),
            settings.poll_seconds,
            on_look=self._metrics.ages,
            on_refusal=self._metrics.refused,
        )
        if self._following:
            self.follower.start()
        else:
            self.follower.pin(tags, built.info.labels.get("champion"))
            logger.info("Pinned to the models of this Bento: %s", ", ".join(tags))
        sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
        # What is loaded by now stays: the collector need not walk it at each full round.
        gc.collect()
        gc.freeze()

    @bentoml.on_shutdown
    def stop(self) -> None:
        self.follower.stop()

    @bentoml.api(route="/predict", output_spec=PredictAnswer)
    @answered
    async def predict(self, request: PredictRequest, /) -> Response:
        """Sentiment of one or many texts; with ?aspects=1 also what they speak of."""
        texts = request.asked
        aspects = _aspects_are_asked_for()
        lineup = self.follower.lineup
        if request.version or sum(map(len, texts)) > INLINE_CHARACTERS:
            judge = await anyio.to_thread.run_sync(self._judge, request, lineup, aspects)
            answers = await anyio.to_thread.run_sync(judge, texts)
        else:
            answers = self._judge(request, lineup, aspects)(texts)
        # In one piece: what BentoML makes of a value takes three turns through all of its layers.
        return Response(to_json({"predictions": answers}), media_type="application/json")

    @bentoml.api(route="/explain")
    @answered
    async def explain(self, request: ExplainRequest, /) -> Explanation:
        """What each word of a text contributes to its sentiment."""
        lineup = self.follower.lineup
        serving = await anyio.to_thread.run_sync(
            self._model, request.model, request.version, lineup
        )
        return await anyio.to_thread.run_sync(explain, serving, request.text)

    def models(self) -> Models:
        lineup = self.follower.lineup
        return Models(
            champion=lineup.champion,
            following=self._following,
            serving=[
                ServedModel(
                    family=s.family,
                    tag=s.tag,
                    version=s.version,
                    run=s.run,
                    dataset_version=s.dataset_version,
                    since=s.since,
                    accuracy=s.accuracy,
                )
                for s in lineup
            ],
            refused=list(self.follower.refused.values()),
            versions=self.follower.versions(),
        )

    async def predict_csv(
        self, request: Request, who: PredictRequest, column: str, aspects: bool
    ) -> Response:
        lineup = self.follower.lineup
        judge = await anyio.to_thread.run_sync(self._judge, who, lineup, aspects)
        limit = ROUTES["/predict/csv"].limit
        names = lineup.aspects.model.taxonomy.names if aspects and lineup.aspects else []
        return await reviews_csv.answer(request, judge, column, limit, self._turns, names)

    def _judge(self, who: PredictRequest, lineup: Lineup, aspects: bool) -> Predict:
        """Models are chosen here, once: a swap in the middle must not mix two of them."""
        judge: Predict
        if who.model in ("ensemble", "all"):
            judge = partial(predict_together, lineup.all(), show_votes=who.model == "all")
        else:
            judge = partial(predict_one, self._model(who.model, who.version, lineup))

        def measured(texts: Sequence[str]) -> list[Answer]:
            start = perf_counter()
            answers = judge(texts)
            self._metrics.judged(answers, perf_counter() - start)
            return answers

        return with_aspects(lineup, measured) if aspects else measured

    def _model(self, family: str, version: str, lineup: Lineup) -> Serving:
        return self.follower.version(family, version) if version else lineup.one(family)


def _aspects_are_asked_for() -> bool:
    """By the query of the request at work. A parameter of BentoML's own for it would give every
    answer, refusals included, the status 200."""
    service: Any = Sentiment  # by now it is a service
    request: Request = service.context.request
    return _asks_for_aspects(request) if request.scope["query_string"] else False


def _asks_for_aspects(request: Request) -> bool:
    asked = request.query_params.get("aspects", "0")
    if asked not in ("0", "1"):
        raise RequestRefused("?aspects: it is 1, or 0")
    return asked == "1"


def _is_our_fault(record: logging.LogRecord) -> bool:
    """BentoML logs a bad request with its traceback and its text; the sender was told already."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, ValidationError):
        return False
    return not (isinstance(error, BentoMLException) and error.error_code < 500)
