"""What writes the pages of docs/reference: a module for each page or kind of page."""
