"""Searching settings: random search, halving, and selection bias."""
