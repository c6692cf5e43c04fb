"""Chapter 3: setting up, building, training."""
