"""Profiling: predicted (roofline) and measured time of a training step."""
