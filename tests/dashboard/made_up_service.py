"""An HTTP server that speaks the wire of the Bento service, with a made-up judge behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from satispy.client.types import (
    Contribution,
    ExplainRequest,
    Explanation,
    Models,
    PredictAnswer,
    Prediction,
    PredictRequest,
    StoredModel,
    Vote,
)
from satispy.problems import Problem

FAMILIES = ("gbc", "svm", "ann")
BAD = {"jamais", "pas", "retard", "nul", "déçue"}


def vote(text: str, model: str, lean: float = 0.0, version: str = "") -> dict[str, object]:
    """Version v00001 finds everything good."""
    words = text.lower().replace(",", " ").replace(".", " ").split()
    known = [word for word in words if not word.startswith("xy")]
    bad = 0 if version.startswith("v00001") else sum(word in BAD for word in words)
    probability = min(0.97, max(0.03, 0.9 - 0.42 * bad + lean))
    return {
        "label": "unknown" if not known else "positive" if probability >= 0.5 else "negative",
        "probability": probability if known else 0.5,
        "known_words": len(known),
        "model": model,
        "tag": f"satispy-{model}:{version or 'v00003-0badcafe'}",
        "dataset_version": 3,
    }


def answer(request: PredictRequest) -> PredictAnswer:
    predictions = []
    for text in request.asked:
        if request.model == "all":
            by_model = {name: Vote(**vote(text, name, n / 40)) for n, name in enumerate(FAMILIES)}
            predictions.append(Prediction(**vote(text, "ensemble"), by_model=by_model))
        else:
            predictions.append(Prediction(**vote(text, request.model, 0.0, request.version)))
    return PredictAnswer(predictions=predictions)


def explanation(request: ExplainRequest) -> Explanation:
    model = "gbc" if request.model == "champion" else request.model
    weights = [
        Contribution(word=word.strip(".,!"), weight=-0.3 if word.strip(".,!") in BAD else 0.1)
        for word in request.text.lower().split()
    ]
    return Explanation(
        **vote(request.text, model, 0.0, request.version),
        method="made up",
        contributions=sorted(weights, key=lambda one: -abs(one.weight)),
    )


MODELS = Models(
    champion="gbc",
    following=True,
    serving=[],
    refused=[],
    versions=[
        StoredModel(
            family=family,
            tag=f"satispy-{family}:v{number:05d}-0badcafe",
            version=f"v{number:05d}-0badcafe",
            run=f"v{number:05d}",
            dataset_version=number,
            promoted=number == 3,
        )
        for family in FAMILIES
        for number in (1, 3, 2)
    ],
)


@dataclass
class MadeUpService:
    url: str
    promoted: bool = True
    answers: bool = True
    asked: int = 0


@contextmanager
def made_up_service() -> Iterator[MadeUpService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.asked += 1
            if not service.answers:
                return  # the connection is closed
            promoted = service.promoted
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if promoted and self.path.startswith("/predict/csv"):
                self._give_back(body)
            elif promoted and self.path == "/explain":
                found = explanation(ExplainRequest.model_validate_json(body))
                self._send(200, found.model_dump())
            elif promoted:
                self._send(200, answer(PredictRequest.model_validate_json(body)).model_dump())
            else:
                problem = Problem.named(503, "no-model", "nothing is promoted yet")
                self._send(503, problem.model_dump())

        def do_GET(self) -> None:
            self._send(200, MODELS.model_dump())

        def _give_back(self, body: bytes) -> None:
            header, *rows = body.splitlines()
            lines = [header + b",satispy_label", *(row + b",positive" for row in rows)]
            data = b"\n".join([*lines, b""])
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _send(self, status: int, content: object) -> None:
            data = json.dumps(content).encode()
            kind = "application/json" if status == 200 else "application/problem+json"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    service = MadeUpService(f"http://127.0.0.1:{server.server_port}")
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
