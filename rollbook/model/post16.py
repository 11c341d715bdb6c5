"""Study programmes and funding of learners over sixteen, and education elsewhere."""
