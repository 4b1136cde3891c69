"""The OpenAPI document at /docs.json: BentoML's knows neither our pages nor our refusals."""

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from bentos.reviews_csv import ADDED, UNREAD_ROWS
from satispy.client.types import (
    ExplainRequest,
    Explanation,
    Models,
    PredictAnswer,
    PredictRequest,
)
from satispy.problems import Problem

REFERENCE = "#/components/schemas/{model}"
REFUSALS = {
    400: "The body is not JSON, or the request has two meanings",
    401: "No valid token",
    403: "A page of another site asks; or no tokens are set, and this is not the service's machine",
    404: "No such version",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "Another media type than the one asked for",
    421: "The service does not go by this Host",
    422: "The request is not as described; `errors` says where",
    429: "Too many requests at once; `Retry-After` says when to come back",
    503: "No model is promoted yet",
}

PREDICTION = {
    "label": "positive",
    "probability": 0.9731,
    "known_words": 4,
    "model": "gbc",
    "tag": "satispy-gbc:v00003-1f0c22a9",
    "dataset_version": 3,
}
PREDICTED = {
    "un avis": {"value": {"predictions": [{**PREDICTION, "by_model": None, "aspects": None}]}},
}
ASKED = {
    "un avis": {"value": {"text": "Livraison rapide, je recommande !"}},
    "plusieurs avis, un modèle": {
        "value": {
            "texts": ["Très satisfait de ma commande.", "Colis jamais reçu, aucune réponse."],
            "model": "svm",
        }
    },
    "tous les modèles": {
        "value": {"text": "La robe est belle mais elle est arrivée abîmée.", "model": "all"}
    },
}
CSV_EXAMPLE = "inID;Commentaire\n1;Parfait, merci !\n2;Toujours pas remboursée.\n"
CSV_ANSWER = (
    f"inID;Commentaire;{';'.join(ADDED)}\n"
    "1;Parfait, merci !;positive;0.981220;2;satispy-gbc:v00003-1f0c22a9;\n"
    "2;Toujours pas remboursée.;negative;0.061877;3;satispy-gbc:v00003-1f0c22a9;\n"
)


@cache
def document() -> dict[str, Any]:
    _, schemas = models_json_schema(
        [
            (PredictRequest, "validation"),
            (ExplainRequest, "validation"),
            (PredictAnswer, "serialization"),
            (Explanation, "serialization"),
            (Models, "serialization"),
            (Problem, "serialization"),
        ],
        ref_template=REFERENCE,
    )
    # Not among the types: BentoML's own schema of them knows no `not`.
    together = {"model": {"enum": ["ensemble", "all"]}}
    schemas["$defs"]["PredictRequest"]["not"] = {
        "properties": together,
        "required": ["model", "version"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "satispy",
            "version": "1",
            "description": "Sentiment of French customer reviews.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{}, {"token": []}],
        "paths": {
            "/predict": {"post": _predict()},
            "/explain": {"post": _explain()},
            "/predict/csv": {"post": _predict_csv()},
            "/models": {"get": _models()},
            "/metrics": {"get": _plain("Prometheus metrics of BentoML and of satispy")},
            "/readyz": {"get": _plain("Ready to answer", open_to_all=True)},
            "/livez": {"get": _plain("Alive", open_to_all=True)},
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _predict() -> dict[str, Any]:
    return {
        "operationId": "predict",
        "summary": "Sentiment of one or many texts",
        "parameters": [_aspects("also what each text speaks of, clause by clause")],
        "requestBody": _json_body("PredictRequest", ASKED),
        "responses": _responses("PredictAnswer", PREDICTED, 400, 404, 408, 413, 415, 422, 429, 503),
    }


def _aspects(adds: str) -> dict[str, Any]:
    return {
        "name": "aspects",
        "in": "query",
        "description": f"1: {adds}",
        "schema": {"enum": ["0", "1"], "default": "0"},
    }


def _explain() -> dict[str, Any]:
    example = {
        **PREDICTION,
        "method": "Shapley values",
        "contributions": [{"word": "superbe", "weight": 0.41}, {"word": "abîmé", "weight": -0.22}],
    }
    asked = {"un avis": {"value": {"text": "La robe est superbe mais elle est arrivée abîmée."}}}
    return {
        "operationId": "explain",
        "summary": "What each word of a text contributes to its sentiment",
        "requestBody": _json_body("ExplainRequest", asked),
        "responses": _responses(
            "Explanation", {"un avis": {"value": example}}, 400, 404, 408, 413, 415, 422, 429, 503
        ),
    }


def _predict_csv() -> dict[str, Any]:
    def parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "description": description, "schema": schema}

    text = {"type": "string"}
    request = PredictRequest.model_json_schema()["properties"]
    return {
        "operationId": "predict_csv",
        "summary": "The same CSV with the sentiment of each row, up to 100 MB",
        "description": f"Adds {', '.join(ADDED)}. The separator is found in the header. A row that"
        " cannot be read comes back empty, with its line and what is wrong in the last column; a"
        " file of which none can be read is refused.",
        "parameters": [
            parameter(
                "column",
                "Where the texts stand, by name or position (#3); else as an upload's are found",
                {**text, "maxLength": 200},
            ),
            parameter("model", "Who judges", request["model"]),
            parameter("version", "A version other than the promoted one", request["version"]),
            _aspects(
                "also a column for each aspect (satispy_aspect_delivery …): positive or negative"
                " where the row speaks of it"
            ),
        ],
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": text, "example": CSV_EXAMPLE}},
        },
        "responses": {
            "200": {
                "description": "The rows, in their order",
                "headers": {
                    UNREAD_ROWS: {
                        "description": "How many rows cannot be read",
                        "schema": {"type": "integer", "minimum": 0},
                    }
                },
                "content": {"text/csv": {"schema": text, "example": CSV_ANSWER}},
            },
            **_refusals(404, 408, 413, 415, 422, 429, 503),
        },
    }


def _models() -> dict[str, Any]:
    return {
        "operationId": "models",
        "summary": "What serves, what was refused, what else is in the store",
        "responses": _responses("Models", {}),
    }


def _plain(summary: str, open_to_all: bool = False) -> dict[str, Any]:
    answer = {"description": summary, "content": {"text/plain": {"schema": {"type": "string"}}}}
    operation = {
        "summary": summary,
        "responses": {"200": answer, **({} if open_to_all else _refusals())},
    }
    return {**operation, "security": []} if open_to_all else operation


def _json_body(model: str, examples: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=model)}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }


def _responses(model: str, examples: dict[str, Any], *refusals: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=model)}
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = examples
    good = {"description": "Good", "content": {"application/json": content}}
    return {"200": good, **_refusals(*refusals)}


def _refusals(*statuses: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model="Problem")}
    return {
        str(status): {
            "description": REFUSALS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in sorted({400, 401, 403, 421, *statuses})
    }
