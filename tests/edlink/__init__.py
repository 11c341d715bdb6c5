"""Edlink, tested as a vendor sees it."""
