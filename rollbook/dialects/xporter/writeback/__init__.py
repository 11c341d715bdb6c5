"""Writing back: what apps ask a school's MIS to enter (Xporter document, "Writeback")."""

from .catalogue import OPERATIONS, find
from .describing import query_rows
from .operation import Operation
from .taking import Taking
from .working import Entering, tell

__all__ = ["OPERATIONS", "Entering", "Operation", "Taking", "find", "query_rows", "tell"]
