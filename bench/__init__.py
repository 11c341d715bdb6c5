"""Rollbook measured beside bare sockets, which are the limit, and beside what a school would write instead."""
