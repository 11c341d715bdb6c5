"""What students eat on each day of the week (school.studentmeals)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Called, Expr, Key, LastUpdated, Ref, RowHash
from ...model.medical import MealPattern, MealType
from ...model.students import Student
from ...scopes import S
from .filters import updated_since

_DAYS: dict[str, Ref] = {
    "Sunday": MealPattern.sunday,
    "Monday": MealPattern.monday,
    "Tuesday": MealPattern.tuesday,
    "Wednesday": MealPattern.wednesday,
    "Thursday": MealPattern.thursday,
    "Friday": MealPattern.friday,
    "Saturday": MealPattern.saturday,
}


def _week() -> dict[str, Expr]:
    codes: dict[str, Expr] = {
        f"{day}Code": Key(meal / MealType.code, about=f"Student's meal type code for {day}", example="SM")
        for day, meal in _DAYS.items()
    }
    types = {
        f"{day}Type": Key(
            meal / MealType.description, about=f"Student's meal type description for {day}", example="School Meal"
        )
        for day, meal in _DAYS.items()
    }
    return {**codes, **types, "LastUpdated": LastUpdated(MealPattern)}


class StudentMealPatterns(
    Table,
    of=MealPattern,
    only=(MealPattern.student / Student.on_roll).is_("OnRoll"),
    order=(MealPattern.student,),
    shared=_week(),
):
    """What each student on roll eats on each day of the week; a day without a meal has none."""

    Id = MealPattern.student / Student.mis_id
    Forename = MealPattern.student / Student.legal_forename
    Surname = MealPattern.student / Student.legal_surname


class StudentMealTypes(Table, of=MealType, order=(MealType.mis_id,)):
    """The kinds of meal that the school knows."""

    Id = MealType.mis_id
    Code = MealType.code
    Description = MealType.description
    Active = MealType.active
    LastUpdated = LastUpdated(MealType)
    RowHash = RowHash(MealType)


student_meals = Endpoint(
    "StudentMeals",
    "Student meal patterns",
    "Students",
    "Weekly meal patterns of the students currently on roll at the school.",
    S.StudentExtended,
    (StudentMealPatterns, StudentMealTypes),
    filters={
        "id": Filter(
            "A single student by Id, ExternalId or XID",
            Called((Student.mis_id, Student.external_id, Student.xid), Arg("id"), MealPattern.student),
        ),
        "updatedSince": updated_since(MealPattern),
    },
)

ENDPOINTS = (student_meals,)
