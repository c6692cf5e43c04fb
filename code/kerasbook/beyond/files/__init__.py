"""Untrusted model files (`beyond/safe-files`)."""
