"""Where students were before, and what they were entitled to."""
