"""Pages run once, and are kept."""
