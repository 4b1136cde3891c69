"""RFC 9457 problem details: what every refusal looks like, of the REST API and of the service."""

from http import HTTPStatus
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(BaseModel):
    model_config = ConfigDict(frozen=True)

    pointer: str = Field(description="JSON pointer into the request")
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details: what every refusal looks like."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None

    @classmethod
    def named(
        cls, status: int, name: str, detail: str, errors: list[FieldProblem] | None = None
    ) -> "Problem":
        """`name` is what a program asks for: it is the end of the type, and never changes."""
        return cls(
            type=f"urn:satispy:problem:{name}",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            errors=errors,
        )

    def body(self) -> str:
        return self.model_dump_json(exclude_none=True)
