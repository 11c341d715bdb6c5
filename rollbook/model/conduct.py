"""Achievements and behaviour, and what comes of them."""
