"""What `make bench` measures: builds, what readers wait for, training and AP, as ratios."""
