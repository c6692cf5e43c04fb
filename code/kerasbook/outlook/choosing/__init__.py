"""Choosing a framework and a backend: tried, counted and drawn."""
