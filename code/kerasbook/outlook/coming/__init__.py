"""What is coming: watches on today's Keras, and what a lost mask does."""
