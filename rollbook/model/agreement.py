"""What parents agreed to."""
