"""Detentions: when and where they are held, why, and who comes."""
