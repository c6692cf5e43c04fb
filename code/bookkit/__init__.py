"""How the book is built: reading pages, running them once, keeping two languages in step."""
