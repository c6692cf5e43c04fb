"""Named-entity recognition in Chinese and English (§4.1.3)."""
