"""The dataset: reading CSVs, the rules of a row, merging exactly once, receipts, versions."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satispy.reviews.merging import MergeRules, merge_upload
    from satispy.reviews.receipts import Receipt
    from satispy.reviews.review_set import ReviewSet
    from satispy.reviews.table import ReviewTable

__all__ = ["MergeRules", "Receipt", "ReviewSet", "ReviewTable", "merge_upload"]

_WHERE = {
    "MergeRules": "merging",
    "Receipt": "receipts",
    "ReviewSet": "review_set",
    "ReviewTable": "table",
    "merge_upload": "merging",
}


def __getattr__(name: str) -> Any:
    """Only what is asked for is loaded: the service reads CSVs and has no Delta table."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
