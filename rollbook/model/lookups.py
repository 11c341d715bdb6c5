"""Lists of words that a school chooses from, user-defined fields and tags."""
