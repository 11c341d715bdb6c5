"""Who may see what of whom: apps, grants, tokens, and the readers made for them."""

from .desk import Desk, ManagementPass
from .grants import App, Grant
from .reader import Reader

__all__ = ["App", "Desk", "Grant", "ManagementPass", "Reader"]
