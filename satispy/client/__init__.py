"""Ask the prediction service from Python: `Client(url).predict("Livraison rapide !")`."""

from satispy.client.client import AsyncClient, Client
from satispy.client.conversation import Patience
from satispy.client.types import Contribution, Explanation, Models, Prediction, Vote

__all__ = [
    "AsyncClient",
    "Client",
    "Contribution",
    "Explanation",
    "Models",
    "Patience",
    "Prediction",
    "Vote",
]
