"""The three families, described once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One way to model a review's sentiment; `satispy.models.training` has a module of its name."""

    name: str
    #: Whether it sees texts through word vectors, which it then pins.
    uses_vectors: bool

    @property
    def model(self) -> str:
        """The name of its models in the store: what stands before the colon of a tag."""
        return f"satispy-{self.name}"


BY_NAME = {
    family.name: family
    for family in (
        Family("gbc", uses_vectors=False),
        Family("svm", uses_vectors=True),
        Family("ann", uses_vectors=True),
    )
}
#: In the order in which people are shown them.
FAMILIES = tuple(BY_NAME)
#: The steps of a retrain in the order in which people follow them; families run side by side.
STAGES = ("prepare", *FAMILIES, "publish")
