"""The pages of the project, and what writes those that are made from declarations."""
