"""Chapter 2.3: one MLP in TensorFlow, PyTorch, JAX and Keras."""
