"""Chapter 2.1 and 2.2: neurons, losses, batches, models, data, compiling.

And, after compiling, generalization.
"""
