"""Named entity recognition (§4.1.3)."""
