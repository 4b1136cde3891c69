"""Odd and broken CSVs, made by code, each with what must become of it and the exact rows of it."""

from collections.abc import Iterator

from benchmarks import _corpus_bytes, _corpus_exports, _corpus_shapes, _corpus_values
from benchmarks._odd import Odd

__all__ = ["Odd", "corpus"]


def corpus() -> Iterator[Odd]:
    yield from _corpus_bytes.files()
    yield from _corpus_shapes.files()
    yield from _corpus_values.files()
    yield from _corpus_exports.files()
