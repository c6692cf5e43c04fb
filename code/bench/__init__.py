"""What `make bench` measures: builds, a page's weight and training, as ratios of one run."""
