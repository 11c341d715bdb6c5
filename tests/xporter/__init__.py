"""What each of Xporter's endpoints says, compared with what the store's own tables hold."""
