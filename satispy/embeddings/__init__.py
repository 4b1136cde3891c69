"""wikipedia2vec vectors: load, convert once to a memory-mapped table, train, look up.

Importing this, opening a table and looking words up needs numpy only; `satispy.embeddings.training`
and `satispy.embeddings.published` bring the wikipedia2vec package in when they are called.
"""

from satispy.embeddings.training import TrainingSettings, train
from satispy.embeddings.vectors import WordVectors

__all__ = ["TrainingSettings", "WordVectors", "train"]
