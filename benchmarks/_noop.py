"""Bento services that judge nothing: what BentoML itself costs, with the same pydantic types."""

import bentoml

from satispy.client.types import PredictAnswer, Prediction, PredictRequest

ANSWER = Prediction(
    label="positive",
    probability=0.5,
    known_words=7,
    model="gbc",
    tag="satispy-gbc:v00001-00000000",
    dataset_version=1,
)


class Nothing:
    @bentoml.api(route="/predict")
    async def predict(self, request: PredictRequest, /) -> PredictAnswer:
        return PredictAnswer(predictions=[ANSWER for _ in request.asked])


@bentoml.service(name="noop", http={"host": "127.0.0.1"})
class Noop(Nothing):
    """As anyone would write it."""


@bentoml.service(
    name="bare",
    http={"host": "127.0.0.1"},
    logging={"access": {"enabled": False}},
    tracing={"excluded_urls": ".*"},
)
class Bare(Nothing):
    """Without the layers that our service turns off."""


@bentoml.service(name="plain", http={"host": "127.0.0.1"})
class Plain:
    @bentoml.api(route="/predict")
    async def predict(self, texts: list[str]) -> list[float]:
        return [0.5 for _ in texts]


@bentoml.service(name="batched", http={"host": "127.0.0.1"})
class Batched:
    @bentoml.api(route="/predict", batchable=True, max_batch_size=32, max_latency_ms=60)
    async def predict(self, texts: list[str]) -> list[float]:
        return [0.5 for _ in texts]
