"""Distributed training: more than one device, more than one machine."""
