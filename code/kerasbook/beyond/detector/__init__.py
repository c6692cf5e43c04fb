"""A detector that others trained, rebuilt in Keras."""
