"""Beyond the article: how to do well what its thirty sections begin."""
