"""Attention by hand, a small language model, and the opponent it has."""
