"""Ed-Fi's documents as canonical rows, by the declarations of the standard: the same for REST and for XML."""

from .changes import Changes
from .directory import Directory, Entry
from .documents import RESOURCES, Told, key_of, natural, told
from .mapping import FILLS, Mapper
from .roster import COUNTS, CURSOR, DIRECTORY, Documents

__all__ = [
    "COUNTS",
    "CURSOR",
    "DIRECTORY",
    "FILLS",
    "RESOURCES",
    "Changes",
    "Directory",
    "Documents",
    "Entry",
    "Mapper",
    "Told",
    "key_of",
    "natural",
    "told",
]
