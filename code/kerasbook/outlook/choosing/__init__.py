"""Which backend, which framework, for what: tried, counted and drawn."""
