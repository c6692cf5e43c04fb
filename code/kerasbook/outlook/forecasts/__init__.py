"""Claims about the future of Keras, with probabilities, and their score."""
