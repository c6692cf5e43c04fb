"""More than one device, more than one machine."""
