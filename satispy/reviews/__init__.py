"""The dataset: reading CSVs, the rules of a row, merging exactly once, receipts, versions."""

from satispy.reviews.merging import MergeRules, merge_upload
from satispy.reviews.receipts import Receipt
from satispy.reviews.table import ReviewSet, ReviewTable

__all__ = ["MergeRules", "Receipt", "ReviewSet", "ReviewTable", "merge_upload"]
