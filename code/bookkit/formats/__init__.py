"""The book beside the site: notebooks, PDF, EPUB."""
