"""Where the partitions of a retrain are worked on: in this process, or by workers of Dask.

The same functions of one partition and the same reductions, in the same order: what comes of them
does not depend on where, nor on which worker was lost meanwhile. Importing this room loads nothing
of Dask; connecting to it does.
"""

from satispy.engine.choice import At, chosen, connected
from satispy.engine.here import Engine, Here

__all__ = ["At", "Engine", "Here", "chosen", "connected"]
