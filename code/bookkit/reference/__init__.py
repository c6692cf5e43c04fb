"""Reference runs on full data: training, and quoting what came out."""
