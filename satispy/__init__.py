"""Learns from French customer reviews, and keeps learning."""
