"""Pages as authors write them, read as notebooks."""
