"""Who may see what of whom: apps, grants, credentials, tokens, and the readers and writers made for them."""

from .credentials import Credential, Holder
from .desk import Desk
from .district import DistrictReader
from .grants import App, Grant
from .reader import Reader
from .rights import unwritable
from .tokens import ManagementPass
from .writer import Writer

__all__ = [
    "App",
    "Credential",
    "Desk",
    "DistrictReader",
    "Grant",
    "Holder",
    "ManagementPass",
    "Reader",
    "Writer",
    "unwritable",
]
