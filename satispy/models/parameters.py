"""Every hyper-parameter in one place, and where `satispy tune` looks for better values."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PRIMER_ROWS = "Sentences of the primer to learn from; the log-odds count all of them"
PRIMER = "Weight of a sentence of the primer in training; a review weighs 1"
MEMBERS = "Of the committee; each leaves as large a part of the rows out"


@dataclass(frozen=True)
class Between:
    """Searched from low to high; on a logarithmic scale where the magnitude matters."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Among:
    """Searched among these values."""

    values: tuple[object, ...]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class GbcParameters(Record):
    members: int = Field(default=3, description=MEMBERS)
    primer_weight: Annotated[float, Between(0.1, 3, log=True)] = Field(
        default=0.6, description=PRIMER
    )
    primer_rows: int = Field(default=4_000, description=PRIMER_ROWS)
    min_df: Annotated[int, Between(3, 20)] = Field(
        default=10, description="A term stands in at least so many reviews"
    )
    trees: Annotated[int, Between(100, 500)] = 150
    learning_rate: Annotated[float, Between(0.04, 0.3, log=True)] = 0.1
    leaves: Annotated[int, Between(7, 63, log=True)] = Field(
        default=15,
        le=64,  # the bits of a number: satispy.models.trees
    )
    depth: Annotated[int, Between(3, 12)] = 8
    min_rows: Annotated[int, Between(3, 40, log=True)] = Field(
        default=10, description="Rows in a leaf"
    )
    rows_share: Annotated[float, Between(0.4, 1)] = Field(
        default=0.7, description="Of the rows, drawn for each tree"
    )
    features_share: Annotated[float, Between(0.03, 0.5, log=True)] = Field(
        default=0.1, description="Of the terms and log-odds, drawn for each split"
    )


class SvmParameters(Record):
    members: int = Field(default=4, description=MEMBERS)
    primer_weight: Annotated[float, Between(0.1, 3, log=True)] = Field(
        default=0.6, description=PRIMER
    )
    primer_rows: int = Field(default=4_000, description=PRIMER_ROWS)
    c: Annotated[float, Between(0.3, 30, log=True)] = 1.0
    gamma: Annotated[float, Between(0.1, 3, log=True)] = Field(
        default=0.5, description="Divided by the number of features"
    )
    dimensions: Annotated[int, Among((48, 64, 96, 128))] = Field(
        default=64, description="Principal axes of the features, which the kernel sees"
    )
    exact_up_to: int = Field(default=24_000, description="Rows; beyond, Nystroem")
    landmarks: int = Field(default=1_000, description="Of the Nystroem approximation")


class AnnParameters(Record):
    members: int = Field(default=6, description=MEMBERS)
    primer_weight: Annotated[float, Between(0.1, 3, log=True)] = Field(
        default=0.6, description=PRIMER
    )
    primer_rows: int = Field(default=4_000, description=PRIMER_ROWS)
    hidden: Annotated[tuple[int, ...], Among(((32,), (64,), (64, 32), (128, 64)))] = (64,)
    dropout: Annotated[float, Between(0.1, 0.6)] = 0.5
    l2: Annotated[float, Between(1e-5, 1e-2, log=True)] = 1e-3
    learning_rate: Annotated[float, Between(3e-4, 5e-3, log=True)] = 2e-3
    batch: Annotated[int, Among((64, 128, 256))] = 256
    epochs: int = 60
    patience: int = 6


def space(family: type[Record]) -> dict[str, Between | Among]:
    """The parameters of a family that are searched; the others stay as they are."""
    return {
        name: where
        for name, field in family.model_fields.items()
        for where in field.metadata
        if isinstance(where, Between | Among)
    }


class Parameters(Record):
    gbc: GbcParameters = GbcParameters()
    svm: SvmParameters = SvmParameters()
    ann: AnnParameters = AnnParameters()
