"""Hyperparameter search: random search, halving, and selection bias."""
