"""Suspensions and exclusions."""
