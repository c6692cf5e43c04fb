"""Transfer learning: a pretrained image network, and heads on its features."""
