"""What a review is: its columns and the rules a row must pass. Declared here, once.

The CSV reader, the REST API, the published JSON Schema and docs/csv.md all come from `Review`.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from satispy.plain_text import without_markup

#: Longest comment, in characters after trimming.
MAX_COMMENT: Final = 20_000

#: Names a column may have in a CSV, in any case and order, first the name that exports write.
NAMES: Final = {
    "comment": ("Commentaire", "comment"),
    "star": ("star", "stars"),
    "source": ("source",),
    "company": ("company",),
    "number": ("index_org", "number"),
    "date": ("date",),
}
REQUIRED: Final = ("comment", "star")
#: A running number of the file it stands in: replaced by the position in the table, never kept.
RUNNING_NUMBER: Final = "inID"

_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_STAR = re.compile(r"([+-]?\d{1,9})([.,]0*)?", re.ASCII)
_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def _comment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = without_markup(value).strip()
    if not text:
        raise PydanticCustomError("comment_empty", "the comment is empty")
    if len(text) > MAX_COMMENT:
        raise PydanticCustomError(
            "comment_too_long",
            "the comment has more than {limit} characters",
            {"limit": MAX_COMMENT},
        )
    if _NOT_TEXT.search(text):
        raise PydanticCustomError("comment_not_text", "the comment holds bytes that are not text")
    return text.replace("\r\n", "\n")


def _star(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("star_invalid", "the star is not a whole number from 1 to 5")
    if isinstance(value, str):
        text = value.strip().strip('"').strip()
        if not text:
            raise PydanticCustomError("star_missing", "the star is missing")
        match = _STAR.fullmatch(text)
        if not match:
            raise PydanticCustomError("star_invalid", "the star is not a whole number from 1 to 5")
        value = int(match[1])
    if isinstance(value, int) and not 1 <= value <= 5:
        raise PydanticCustomError("star_out_of_range", "the star is not between 1 and 5")
    return value


@lru_cache(maxsize=4096)
def canonical_date(text: str) -> str:
    """`2021-06-20`, or with its time in UTC when it has one other than midnight."""
    text = text.strip()
    if match := _DAY_FIRST.fullmatch(text):
        return dt.date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    if not _ISO.fullmatch(text):
        raise ValueError(text)
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.astimezone(dt.UTC)
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _date(value: Any, info: ValidationInfo) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        return value
    try:
        text = canonical_date(value)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError(
            "date_invalid",
            "the date is not a day that exists, as dd/mm/yyyy or yyyy-mm-dd with or without a time",
        ) from error
    if text[:10] > (info.context or {}).get("today", "9999"):
        raise PydanticCustomError("date_in_future", "the date is in the future")
    return text


def _optional(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        if _NOT_TEXT.search(value):
            raise PydanticCustomError("not_text", "a column holds bytes that are not text")
    return None if value == "" else value


def _number(value: Any) -> Any:
    value = _optional(value)
    # pandas writes a whole number as 9863.0 once a column has a gap.
    if isinstance(value, str) and re.fullmatch(r"\d+\.0", value):
        return value[:-2]
    return value


class Review(BaseModel):
    """One customer review, as it may be sent. Only the comment and the star are required."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Review")

    comment: Annotated[str, BeforeValidator(_comment)] = Field(
        min_length=1,
        max_length=MAX_COMMENT,
        description="What the customer wrote; not empty once trimmed.",
        examples=["livraison rapide , très satisfaite !"],
    )
    star: Annotated[int, BeforeValidator(_star)] = Field(
        ge=1,
        le=5,
        description='Stars given, 1 (worst) to 5 (best). In a CSV `5`, `5.0` and `"5"` are one.',
        examples=[5],
    )
    source: Annotated[str | None, BeforeValidator(_optional)] = Field(
        None, max_length=200, description="Where it was published.", examples=["TrustPilot"]
    )
    company: Annotated[str | None, BeforeValidator(_optional)] = Field(
        None, max_length=200, description="The shop it is about.", examples=["ShowRoom"]
    )
    number: Annotated[str | None, BeforeValidator(_number)] = Field(
        None,
        max_length=200,
        description="The number its source gave it; tells apart reviews that agree in all else.",
        examples=["9863"],
    )
    date: Annotated[str | None, BeforeValidator(_date)] = Field(
        None,
        max_length=40,
        description="When it was written: `dd/mm/yyyy`, `yyyy-mm-dd`, or ISO 8601 with a time; not "
        "in the future. Left out: the day of the upload.",
        examples=["27/07/2020", "2021-06-20 00:00:00+00:00"],
    )


def row_schema() -> dict[str, Any]:
    """The JSON Schema of one row, for docs/review.schema.json and the REST API."""
    schema = Review.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
