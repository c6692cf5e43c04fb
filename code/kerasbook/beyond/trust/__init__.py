"""Whether to believe a classifier: confidence, sets, attacks, maps."""
