"""Special educational needs, provision, reviews, statements and plans."""
