"""The three families: how they answer and are saved.

Which versions are kept and serve is the business of `satispy.registry`.

Importing this room loads no library: the app asks it for no more than the names of the families.
`families` and `sentiment` load NumPy and what reads French, `training` what trains.
"""

from satispy.models.family import FAMILIES

__all__ = ["FAMILIES"]
