"""What `make check` says, without a build."""
