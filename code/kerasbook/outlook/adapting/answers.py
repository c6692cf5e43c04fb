"""Answers to the exercises: right ones, and the usual mistake."""


def training_gigabytes(parameters, lora_numbers, base_bytes):
    """Weights, LoRA's matrices in float32, their gradient, two moments."""
    return (parameters * base_bytes + lora_numbers * 4 * 4) / 1e9


def careless_gigabytes(parameters, lora_numbers, base_bytes):
    """As if only what is stored in the end had to fit."""
    return (parameters * base_bytes + lora_numbers * 4) / 1e9
