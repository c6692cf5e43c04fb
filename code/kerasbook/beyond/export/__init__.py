"""Export and deployment: models for programs without Keras."""
