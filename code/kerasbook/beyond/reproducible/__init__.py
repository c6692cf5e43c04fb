"""Reproducible: chance, rounding, resuming, and what to record."""
