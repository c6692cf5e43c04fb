"""Outlook: what changed, what to choose and what to watch."""
