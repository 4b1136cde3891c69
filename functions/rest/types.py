"""What the REST API takes and answers; its OpenAPI document is made of these."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from satispy.reviews.receipts import Receipt
from satispy.reviews.schema import Review

MAX_REVIEWS = 100


class Status(BaseModel):
    status: Literal["ok"] = "ok"
    dataset_version: int | None = Field(None, description="The newest; null before any upload.")


class Me(BaseModel):
    name: str
    role: Literal["user", "admin"]


class NewReviews(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reviews: Annotated[list[Review], Field(min_length=1, max_length=MAX_REVIEWS)]


class Accepted(BaseModel):
    """The reviews are durable; they are merged with others, soon."""

    id: str = Field(description="Ask GET /uploads/{id} what became of them.")
    accepted: int


class NewUpload(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.csv(\.gz)?$",
        description="File name, kept as the end of the upload's id.",
        examples=["avis-2026-11.csv"],
    )


class UploadSlot(BaseModel):
    """PUT the file to this address."""

    id: str
    method: Literal["PUT"] = "PUT"
    url: str
    expires: dt.datetime


class UploadState(BaseModel):
    """What became of an upload, or of POSTed reviews."""

    id: str
    state: Literal["waiting", "merging", "merged", "refused"]
    receipt: Receipt | None = Field(
        None, description="Of the whole file; POSTed reviews share one with others."
    )


class Retrain(BaseModel):
    run: str
    dataset_version: int
