"""What authors write beside MyST's own: figures of cells, results, provenance."""
