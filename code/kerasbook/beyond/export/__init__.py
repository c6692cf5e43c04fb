"""Out of Python: a model handed to programs without Keras."""
