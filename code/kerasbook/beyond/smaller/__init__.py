"""Smaller: fewer bits for each weight, or fewer weights."""
