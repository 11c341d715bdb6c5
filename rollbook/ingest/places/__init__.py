"""Where a source's files are, when that is another machine: fetched into the private folder of a reading, then read."""

from .address import Address, is_address, whole_path
from .fetching import Fetched, fetch
from .sftp import host_key

__all__ = ["Address", "Fetched", "fetch", "host_key", "is_address", "whole_path"]
