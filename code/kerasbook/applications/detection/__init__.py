"""Object detection (§4.2.2, §4.4.2)."""
