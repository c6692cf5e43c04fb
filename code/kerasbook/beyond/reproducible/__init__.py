"""Reproducibility: seeds, rounding, resuming, and what to record."""
