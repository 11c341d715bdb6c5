"""What every dialect shares: resources declared as values, and the edge between HTTP and the readers."""
