"""What an alert is: a fact with a code, open from when it is first true until it no longer is."""

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.types import JsonValue


class Code(StrEnum):
    REQUIREMENT_MISSED = "requirement-missed"
    DRIFT = "drift"
    INCIDENT = "incident"
    RETRAIN_FAILED = "retrain-failed"
    RETRAIN_STUCK = "retrain-stuck"
    DEAD_LETTERS = "dead-letters"
    OLD_MODEL = "old-model"
    TEST = "test"


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Condition(Record):
    """What is wrong at this moment. Holds nothing that customers wrote but masked clauses."""

    code: Code
    subject: str = Field(description="A family, a run, a company: one incident each")
    since: AwareDatetime
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.code}:{self.subject}"


class Try(Record):
    """A channel is being told, or was told in vain."""

    count: int = 0
    next: AwareDatetime = Field(description="Nobody else tries before")
    problem: str = ""


class Alert(Condition):
    """An incident: a condition, however often it is found again."""

    raised: AwareDatetime
    seen: AwareDatetime = Field(description="When it was last found")
    times: int = Field(default=1, description="How often it was found anew, by another run or fact")
    resolved: AwareDatetime | None = None
    acknowledged_by: str | None = None
    acknowledged: AwareDatetime | None = None
    word: str = Field(default="", description="Of who has seen it")
    silent_until: AwareDatetime | None = None
    silenced_by: str | None = None
    told: dict[str, AwareDatetime] = Field(
        default_factory=dict, description="By channel, when it confirmed"
    )
    tries: dict[str, Try] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """Of this incident; the next of its kind has another. Begins with a letter: browsers take
        what an address has behind its # for a selector."""
        name = f"{self.key}@{self.raised.isoformat()}"
        return f"a{hashlib.sha256(name.encode()).hexdigest()[:10]}"

    def is_silent(self, now: datetime) -> bool:
        return self.silent_until is not None and self.silent_until > now
