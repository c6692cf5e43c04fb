"""A pretrained detector, NanoDet, rebuilt in Keras."""
