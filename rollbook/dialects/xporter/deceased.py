"""Students who died (school.deceasedstudents)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Called, LastUpdated, RowHash
from ...model.groups import Group
from ...model.students import Student
from ...scopes import S
from .filters import updated_since


class DeceasedStudents(
    Table, of=Student, name="Students", only=Student.death_date.known(), order=(Student.death_date, Student.mis_id)
):
    """Students who died while they were at the school, or later."""

    Id = Student.mis_id
    ExternalId = Student.external_id
    IdaasId = Student.idaas_id
    XID = Student.xid
    Forename = Student.forename
    Surname = Student.surname
    DisplayName = Student.display_name
    MiddleName = Student.middle_name
    LegalForename = Student.legal_forename
    LegalSurname = Student.legal_surname
    Gender = Student.gender
    DateofBirth = Student.birth_date
    DateOfDeath = Student.death_date
    AdmissionNo = Student.admission_no
    UPN = Student.upn
    EntryDate = Student.entry_date
    LeavingDate = Student.leaving_date
    ReasonForLeaving = Student.reason_for_leaving
    LeavingYearGroup = Student.leaving_year_group / Group.mis_id
    LeavingRegGroup = Student.leaving_reg_group / Group.mis_id
    LastUpdated = LastUpdated(Student)
    RowHash = RowHash(Student)


deceased_students = Endpoint(
    "DeceasedStudents",
    "Deceased students",
    "Students",
    "Students who died. It helps to avoid writing to their families by mistake.",
    (S.Student | S.StudentLite) & S.StudentExtended,
    (DeceasedStudents,),
    filters={
        "id": Filter(
            "A single student by Id, ExternalId or XID",
            Called((Student.mis_id, Student.external_id, Student.xid), Arg("id")),
        ),
        "updatedSince": updated_since(Student),
    },
)

ENDPOINTS = (deceased_students,)
