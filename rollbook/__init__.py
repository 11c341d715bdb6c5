"""One record of a school, served through every API that school software already speaks."""

__version__ = "0.1.0"
