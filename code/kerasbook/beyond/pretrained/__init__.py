"""A language model that others trained, put to work (beyond the article)."""
