"""The three families: how they answer and are saved.

Which versions are kept and serve is the business of `satispy.registry`.

Importing this room loads NumPy and nothing that trains; `satispy.models.training` does.
"""

from satispy.models.families import load
from satispy.models.family import FAMILIES
from satispy.models.sentiment import Explanation, Prediction, SentimentModel, judged

__all__ = ["FAMILIES", "Explanation", "Prediction", "SentimentModel", "judged", "load"]
