"""Health, diet and meals."""
