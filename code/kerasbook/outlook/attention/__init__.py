"""Attention by hand, a small language model, and its n-gram baseline."""
