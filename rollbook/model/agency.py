"""Outside agencies that work with students, and their people."""
