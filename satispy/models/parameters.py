"""Every hyper-parameter, in one place; found by cross-validation on training rows."""

from pydantic import BaseModel, ConfigDict, Field

MEMBERS = "Of the committee; each leaves as large a part of the rows out"


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class GbcParameters(Record):
    members: int = Field(default=3, description=MEMBERS)
    min_df: int = Field(default=10, description="A term stands in at least so many reviews")
    trees: int = 300
    learning_rate: float = 0.1
    leaves: int = Field(default=15, le=64)  # the bits of a number: satispy.models.trees
    depth: int = 8
    min_rows: int = Field(default=10, description="Rows in a leaf")
    rows_share: float = Field(default=0.7, description="Of the rows, drawn for each tree")
    features_share: float = Field(default=0.1, description="Of the terms, drawn for each tree")


class SvmParameters(Record):
    members: int = Field(default=3, description=MEMBERS)
    c: float = 3.0
    gamma: float = Field(default=0.5, description="Divided by the number of features")
    exact_up_to: int = Field(default=16_000, description="Rows; beyond, Nystroem")
    landmarks: int = Field(default=1_000, description="Of the Nystroem approximation")


class AnnParameters(Record):
    members: int = Field(default=4, description=MEMBERS)
    hidden: tuple[int, ...] = (64, 32)
    dropout: float = 0.4
    l2: float = 1e-3
    learning_rate: float = 1e-3
    batch: int = 128
    epochs: int = 60
    patience: int = 6


class Parameters(Record):
    gbc: GbcParameters = GbcParameters()
    svm: SvmParameters = SvmParameters()
    ann: AnnParameters = AnnParameters()
