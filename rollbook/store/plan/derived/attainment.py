"""What students achieved before they came to the school."""

from __future__ import annotations

from ....fields import Record
from ....model.assessment import AssessmentResult, PriorAttainment
from ..flavour import Flavour
from .text import View, written


def _prior(flavour: Flavour) -> str:
    """From the few aspects to their results."""
    return f"""
    SELECT r.district, r.id, r.key, r.school, r.mis_id, r.student, r.aspect, r.mis_id AS result_id, r.result_set,
           r.result, r.numeric_value, r.date, r.key AS made, {written(flavour, "r", "a")} AS seq, NULL AS changed
    FROM aspect a {flavour.then_join} assessment_result r
     ON r.district = a.district AND r.school = a.school AND r.aspect = a.key
    WHERE a.prior = 1
    """


VIEWS: dict[type[Record], View] = {PriorAttainment: _prior}
ROWS_OF: dict[type[Record], type[Record]] = {PriorAttainment: AssessmentResult}
