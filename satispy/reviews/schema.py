"""What a review is: its columns and the rules a row must pass. Declared here, once.

The CSV reader, the REST API, the published JSON Schema and docs/csv.md all come from `Review`.
"""

import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from satispy.plain_text import without_markup
from satispy.reviews.dates import NoSuchDay, TwoReadings, canonical_date
from satispy.reviews.nothing import says_nothing, trimmed
from satispy.reviews.stars import in_range, read_star

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
#: How the header of an export begins.
EXPORTED: Final = (RUNNING_NUMBER, *(names[0] for names in NAMES.values()))

_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def _comment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = trimmed(without_markup(value))
    if says_nothing(text):
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


def _star(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("star_invalid", "the star is not a whole number from 1 to 5")
    if isinstance(value, str):
        return read_star("" if says_nothing(trimmed(value)) else value, _said(info, "scale"))
    return in_range(value) if isinstance(value, int) else value


def _date(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    if says_nothing(value.strip()):
        return None
    try:
        text = canonical_date(value, _said(info, "order") or "day-first")
    except TwoReadings as error:
        raise PydanticCustomError(
            "date_ambiguous",
            "the date can be read day first or month first, and its column holds both",
        ) from error
    except NoSuchDay as error:
        raise PydanticCustomError(
            "date_invalid",
            "the date is not a day that exists, as dd/mm/yyyy or yyyy-mm-dd with or without a time",
        ) from error
    if text and text[:10] > (_said(info, "today") or "9999"):
        raise PydanticCustomError("date_in_future", "the date is in the future")
    return text


def _said(info: ValidationInfo, name: str) -> Any:
    """What is known of the file a row stands in."""
    return (info.context or {}).get(name)


def _optional(value: Any) -> Any:
    if isinstance(value, str):
        value = trimmed(value)
        if says_nothing(value):
            return None
        if _NOT_TEXT.search(value):
            raise PydanticCustomError("not_text", "a column holds bytes that are not text")
    return value


def _number(value: Any) -> Any:
    value = _optional(value)
    # pandas writes a whole number as 9863.0 once a column has a gap.
    if isinstance(value, str) and re.fullmatch(r"\d+\.0", value):
        return value[:-2]
    # 1.23457E+11: a spreadsheet rounded it, and many reviews may share what is left.
    if isinstance(value, str) and _ROUNDED.fullmatch(value):
        return None
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
        description="Stars given, 1 (worst) to 5 (best). In a CSV also `5.0`, `5/5`, `4 sur 5`, "
        "`4 étoiles`, `★★★★☆`, `FIVE` or `cinq`; half stars and other scales are refused.",
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
        description="When it was written: `dd/mm/yyyy`, `yyyy-mm-dd`, ISO 8601, in words (`11 mars "
        "2024`), as Excel's day number or as epoch seconds; not in the future. Left out: the day "
        "of the upload.",
        examples=["27/07/2020", "2021-06-20 00:00:00+00:00"],
    )


def row_schema() -> dict[str, Any]:
    """The JSON Schema of one row, for docs/review.schema.json and the REST API."""
    schema = Review.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
