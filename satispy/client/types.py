"""What travels between the service and its clients; both ends use these very classes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Family = Literal["gbc", "svm", "ann"]
Label = Literal["positive", "negative", "unknown"]

MAX_TEXTS = 256
MAX_CHARACTERS = 20_000

#: Tab and line ends are text; the other control characters are a broken export, or worse.
Text = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=MAX_CHARACTERS,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
    ),
]
#: What BentoML takes as the version of a tag.
Version = Annotated[
    str,
    StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-._a-z0-9]*[a-z0-9])?$"),
]


class Wire(BaseModel):
    # `model` is the field's own word for what predicts; pydantic reserves "model_" only by habit.
    model_config = ConfigDict(frozen=True, protected_namespaces=())


def _without_defaults_of_absent_fields(schema: dict[str, Any]) -> None:
    """A field that may be left out has no default to show."""
    for field in schema["properties"].values():
        if field.get("default") in ("", []):
            del field["default"]


def _one_of_text_and_texts(schema: dict[str, Any]) -> None:
    _without_defaults_of_absent_fields(schema)
    schema["oneOf"] = [{"required": ["text"]}, {"required": ["texts"]}]


class PredictRequest(Wire):
    """One `text` or many `texts`, and who shall judge them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_one_of_text_and_texts,
    )

    text: Text = Field("", description="One text", examples=["Livraison rapide, je recommande !"])
    texts: list[Text] = Field(
        [],
        min_length=1,
        max_length=MAX_TEXTS,
        description=f"1-{MAX_TEXTS} texts; the answers keep their order",
        examples=[["Très satisfait de ma commande.", "Colis jamais reçu, service injoignable."]],
    )
    model: Literal["champion", "gbc", "svm", "ann", "ensemble", "all"] = Field(
        "champion",
        description="`champion`: the best promoted model; `ensemble`: the mean of the three; "
        "`all`: the ensemble with each model's own answer under `by_model`",
    )
    version: Version = Field(
        "", description="A version of that model other than the promoted one: see /models"
    )

    @model_validator(mode="after")
    def _exactly_one_of_text_and_texts(self) -> Self:
        if ("text" in self.model_fields_set) == ("texts" in self.model_fields_set):
            raise ValueError("give either `text` or `texts`")
        if self.version and self.model in ("ensemble", "all"):
            raise ValueError("`version` belongs to one model: set `model` to gbc, svm or ann")
        return self

    @property
    def asked(self) -> list[str]:
        return self.texts or [self.text]


class ExplainRequest(Wire):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_without_defaults_of_absent_fields)

    text: Text = Field(examples=["La robe est superbe mais le colis est arrivé abîmé."])
    model: Literal["champion", "gbc", "svm", "ann"] = "champion"
    version: Version = Field("", description="A version other than the promoted one")


class Vote(Wire):
    """What one model says of one text."""

    label: Label = Field(description="`unknown`: the model knows no word of this text")
    probability: float = Field(ge=0, le=1, description="Calibrated probability of `positive`")
    known_words: int = Field(ge=0, description="Words of the text that the model knows")
    model: Literal["gbc", "svm", "ann", "ensemble"]
    tag: str = Field(description="The exact model, as in the BentoML store")
    dataset_version: int = Field(description="The data it learnt from")


class AspectSaid(Wire):
    """What a text says of one aspect."""

    aspect: str = Field(description="Its name in the taxonomy: delivery, quality …")
    fr: str
    en: str
    label: Literal["positive", "negative"] = Field(
        description="Of all its clauses together, by the default model"
    )
    clause: str = Field(description="The clause that says it most strongly")


class Prediction(Vote):
    by_model: dict[Family, Vote] | None = Field(None, description="With `model: all` only")
    aspects: list[AspectSaid] | None = Field(None, description="With `?aspects=1` only")


class PredictAnswer(Wire):
    predictions: list[Prediction] = Field(description="One for each text, in the order asked")


class Contribution(Wire):
    word: str = Field(description="Or words that are said as one: « ne recommande pas »")
    weight: float = Field(description="Above zero speaks for positive, below for negative")


class Explanation(Vote):
    method: str = Field(description="How the weights were found")
    contributions: list[Contribution] = Field(description="The strongest first")


class ServedModel(Wire):
    """One model that answers now."""

    family: Family
    tag: str
    version: str
    run: str
    dataset_version: int
    since: datetime = Field(description="Promoted at")
    accuracy: float | None = None


class RefusedModel(Wire):
    """A promoted model that was not put to work, and why; its predecessor went on answering."""

    family: Family
    tag: str
    reason: str
    at: datetime


class Scores(Wire):
    accuracy: float
    f1_0: float
    f1_1: float


class StoredModel(Wire):
    """A version in the store: usable as `version`."""

    family: Family
    tag: str
    version: str
    run: str | None = None
    dataset_version: int | None = None
    created: datetime | None = None
    promoted: bool
    metrics: dict[Literal["origin", "unseen"], Scores] = Field(
        default_factory=dict,
        description="On the test rows of its run, and on those whose text it had not seen",
    )


class Models(Wire):
    champion: Family | None = Field(description="Answers when no model is asked for")
    following: bool = Field(description="False: pinned to the models this Bento was built with")
    serving: list[ServedModel]
    refused: list[RefusedModel]
    versions: list[StoredModel]
