"""The OpenAPI document of the REST API, made from the types it takes and answers."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.rest.types import (
    Accepted,
    Me,
    NewReviews,
    NewUpload,
    Retrain,
    Status,
    UploadSlot,
    UploadState,
)
from satispy.problems import Problem
from satispy.reviews.schema import Review

_IN: tuple[type[BaseModel], ...] = (Review, NewReviews, NewUpload)
_OUT: tuple[type[BaseModel], ...] = (
    Status,
    Me,
    Accepted,
    UploadSlot,
    UploadState,
    Retrain,
    Problem,
)
_PROBLEMS = {
    400: "The body is not JSON, or a header or field was sent twice.",
    401: "No credentials, or wrong ones.",
    403: "The role admin is needed.",
    404: "Nothing is known of it.",
    409: "It clashes with what is there.",
    413: "The body is over 4 MB.",
    415: "The body is not application/json.",
    422: "The body breaks a rule; `errors` says which. Nothing was stored.",
    429: "Too many passwords or requests came, and this one was not looked at.",
}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    _, schemas = models_json_schema(
        [*((model, "validation") for model in _IN), *((model, "serialization") for model in _OUT)],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "satispy",
            "version": "1",
            "description": "Customer reviews: send them, follow what becomes of them, retrain.",
        },
        "paths": {
            "/status": {
                "get": _operation("status", "Is it up, and how far is the dataset?", 200, Status)
                | {"security": []}
            },
            "/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document.",
                    "security": [],
                    "responses": {
                        "200": {
                            "description": "OK",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        }
                    },
                }
            },
            "/me": {"get": _operation("me", "Who am I?", 200, Me, 401)},
            "/reviews": {
                "post": _operation(
                    "post_reviews",
                    "Send one review or up to 100. Once answered, they are durable.",
                    202,
                    Accepted,
                    *(400, 401, 409, 413, 415, 422),
                )
                | _body(Review, NewReviews)
                | {
                    "parameters": [
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": False,
                            "description": "The same key with the same reviews adds them once.",
                            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                        }
                    ]
                }
            },
            "/uploads": {
                "post": _operation(
                    "post_upload",
                    "Ask where to PUT a big CSV. Role admin.",
                    201,
                    UploadSlot,
                    *(400, 401, 403, 413, 415, 422),
                )
                | _body(NewUpload)
            },
            "/uploads/{id}": {
                "get": _operation(
                    "upload",
                    "What became of an upload, or of POSTed reviews.",
                    200,
                    UploadState,
                    *(401, 404),
                )
                | {
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "minLength": 1, "maxLength": 300},
                        }
                    ]
                }
            },
            "/retrain": {
                "post": _operation(
                    "retrain",
                    "Train again on the newest version. Role admin.",
                    202,
                    Retrain,
                    *(401, 403, 409),
                )
            },
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
        },
        "security": [{"password": []}],
    }


def _operation(
    name: str, summary: str, status: int, answer: type[BaseModel], *problems: int
) -> dict[str, Any]:
    def content(kind: str, model: type[BaseModel]) -> dict[str, Any]:
        return {kind: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}

    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            str(status): {
                "description": answer.__name__,
                "content": content("application/json", answer),
            },
            **{
                str(problem): {
                    "description": _PROBLEMS[problem],
                    "content": content("application/problem+json", Problem),
                    **({"headers": _RETRY_AFTER} if problem == 429 else {}),
                }
                for problem in sorted({400, 429, *problems})
            },
        },
    }


def _body(*models: type[BaseModel]) -> dict[str, Any]:
    schemas = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
                }
            },
        }
    }
