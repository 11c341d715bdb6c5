"""What dialects share that list things of a district: resources as values, which rows of them are meant, pages."""
