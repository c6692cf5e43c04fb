"""What `make bench` measures: builds, what readers wait for, and AP, as ratios of one run."""
