"""Searching settings: random search, halving, and what the winner owes luck."""
