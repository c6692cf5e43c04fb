"""Compression: fewer bits for each weight, or fewer weights."""
