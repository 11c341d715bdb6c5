"""Files on other machines: those of a source, fetched into the private folder of a reading, and those that are sent."""

from .address import Address, is_address, whole_path
from .fetching import Fetched, fetch
from .sending import send
from .sftp import host_key

__all__ = ["Address", "Fetched", "fetch", "host_key", "is_address", "send", "whole_path"]
