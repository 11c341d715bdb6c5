"""Running a hub: what is told to those who run it, without a word about those whose records it keeps."""
