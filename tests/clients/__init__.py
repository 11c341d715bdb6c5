"""Other people's clients, as they are published, against the running demo."""
