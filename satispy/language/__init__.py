"""French text: one pipeline for training, serving and explaining."""

from satispy.language.pipeline import TextPipeline

__all__ = ["TextPipeline"]
