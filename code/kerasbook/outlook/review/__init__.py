"""Eleven years of Keras: names counted, old programs run, backends."""
