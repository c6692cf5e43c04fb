"""Images through a network that others trained, and what to learn on top."""
