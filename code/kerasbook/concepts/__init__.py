"""Chapter 2.1 and 2.2.

Neurons, losses, initialization, batches, models, data, optimizers and
generalization.
"""
