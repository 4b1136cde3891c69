"""Which published word vectors retrains use: one small object, `models/embeddings.json`.

Without it, each retrain trains its own on its training rows.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from satispy.errors import NotFound
from satispy.storage import Store

KEY = "models/embeddings.json"


class Choice(BaseModel):
    """Vectors kept in the model store, pinned by tag and digest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tag: str
    digest: str
    source: str
    dim: int
    words: int
    since: datetime


def read(store: Store) -> Choice | None:
    """None: retrains train their own."""
    try:
        return Choice.model_validate_json(store.read(KEY))
    except NotFound:
        return None


def write(store: Store, choice: Choice | None) -> None:
    """From the next retrain on."""
    if choice is not None:
        store.write(KEY, choice.model_dump_json(indent=1).encode())
    elif store.exists(KEY):
        store.delete(KEY)
