"""The three families: how they answer, are saved, stored and promoted.

Importing this room loads NumPy and nothing that trains; `satispy.models.training` does.
"""

from satispy.models.families import FAMILIES, load
from satispy.models.sentiment import Explanation, Prediction, SentimentModel, predict_tokens

__all__ = ["FAMILIES", "Explanation", "Prediction", "SentimentModel", "load", "predict_tokens"]
