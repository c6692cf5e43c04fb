"""What `make bench` measures: builds, a page's weight, training and AP, as ratios of one run."""
