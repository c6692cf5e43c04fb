"""Adapting models that are too large to train: LoRA, and what it weighs."""
