"""Staff absences, checks, qualifications, training and impairments."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Flag, Ref, Text, Time
from ..scopes import S
from .organisation import SchoolRecord
from .people import Staff

STAFF = ("mis_id", "idaas_id", "external_id", "xid", "status", "employment_end")
"""What each part of a member of staff's record tells of them."""


class StaffAbsence(SchoolRecord, scope=S.StaffAbsence, indexes=(("school", "start"), ("staff",))):
    """A period when a member of staff was, or will be, absent."""

    staff = Ref("Who was absent", Staff, part_of=True, tells=STAFF)
    mis_id = Text("Primary Key", "100")
    start = Date("Start date of the absence", "2006-06-05")
    start_time = Time("Start time of the absence", "00:00")
    end = Date("End date of the absence", "2006-06-05")
    end_time = Time("End time of the absence", "23:59")
    kind = Text("Absence type from the MIS", "Self-certificated")
    illness = Text("Specific illness category from the MIS", "Not specified")
    days_lost = Decimal("Number of working days lost", 1)
    hours_lost = Decimal("Specific number of working hours lost", 0)
    sick_pay_excluded = Flag("Statutory sick pay (1 / 0)", 0)
    annual_leave = Flag("Counted as annual leave (1 / 0)", 0)
    industrial_injury = Flag("Marked as industrial injury (1 / 0)", 0)
    payroll_category = Text("Category for payroll purposes", "Absent")
    pay_rate = Text("Pay rate determined for absence period", "Full Pay Rate")
    note = Text("Additional description for the absence", "Please review in future")


class AbsenceCertificate(SchoolRecord, scope=S.StaffAbsence, indexes=(("school",), ("absence",), ("staff",))):
    """A document that states why a member of staff cannot work."""

    staff = Ref("Whose certificate", Staff, part_of=True, tells=STAFF)
    absence = Ref("The absence that it is for", StaffAbsence, part_of=True, tells=("mis_id",))
    mis_id = Text("Primary key", "86")
    received = Date("Date the certificate was received", "2006-05-16")
    signed = Date("Date the certificate was signed", "2006-05-16")
    kind = Text("Certificate type from the MIS", "Refrain from Work")
    signed_by = Text("Certificate signed by lookup from the MIS", "Self")
    signatory = Text("Signatory type from the MIS", "Self")


class StaffCheck(SchoolRecord, scope=S.StaffChecks, indexes=(("school",), ("staff",))):
    """A check on somebody who will work with children: an entry in the single central record."""

    staff = Ref("Who was checked", Staff, part_of=True, tells=STAFF)
    mis_id = Text("The unique id of the check", "5")
    code = Text("The code of the check type", "DBS")
    description = Text("The description of the check type", "DBS Check")
    requested = Date("The date the check was requested", "2019-07-09")
    cleared = Date("The date the check cleared", "2019-07-09")
    level = Text("The level of the check clearance", "Enhanced Clearance")
    expires = Date("The date the check expires", "2021-07-09")
    reference_no = Text("The check reference number", "09866091")
    document_no = Text("The number of the document that was seen", "001287901123")
    authenticated_by = Text("Reference to the person who authenticated the check", "Head Teacher")


class StaffQualification(SchoolRecord, scope=S.StaffQualifications, indexes=(("school",), ("staff",))):
    """A qualification that a member of staff has."""

    staff = Ref("Whose qualification", Staff, part_of=True, tells=STAFF)
    mis_id = Text("The unique id of the qualification", "5")
    name = Text("The name of the qualification", "BA")
    description = Text("The qualification description", "Bachelor of Arts")
    awarded = Date("The date the qualification was awarded", "2019-04-05")
    level = Text("The level of the qualification", "Other First Degree or equivalent")
    first_subject = Text("The first subject of the qualification", "French studies - R100")
    second_subject = Text("The second subject of the qualification", "Fine art - W100")
    degree_class = Text("The qualification degree class", "Lower second class honours")
    origin = Text("The qualification origin country", "British")
    verified = Flag("Whether the qualification has been verified (1 or 0)", 1)


class StaffTraining(SchoolRecord, scope=S.StaffTraining, indexes=(("school",), ("staff",))):
    """Training that a member of staff has had or will have."""

    staff = Ref("Who was trained", Staff, part_of=True, tells=STAFF)
    mis_id = Text("The unique id of the training record", "5")
    code = Text("The code of the training course", "SAFE")
    title = Text("The name of the training", "Safeguarding: annual update")
    provider = Text("Who gave the training", "Fenshire County Council")
    venue = Text("Where the training took place", "Main Hall")
    start = Date("The first day of the training", "2025-09-02")
    end = Date("The last day of the training", "2025-09-02")
    hours = Decimal("How many hours it took", 2.5)
    result = Code(
        "The outcome of the training",
        "Completed",
        {"Completed": "Completed", "Booked": "Booked", "Not completed": "Not completed"},
    )
    expires = Date("The last day on which the training is valid", "2026-09-01")
    cost = Decimal("What the training cost", 85.0)
    notes = Text("Any notes on the training", "Repeat every three years")


class StaffImpairment(SchoolRecord, scope=S.StaffImpairments, indexes=(("school",), ("staff",))):
    """An impairment that a member of staff told the school about, so that adjustments can be made at work."""

    staff = Ref("Whose impairment", Staff, part_of=True, tells=STAFF)
    mis_id = Text("The unique id of the impairment record", "5")
    code = Code(
        "The code of the kind of impairment",
        "HEAR",
        {
            "HEAR": "Hearing impairment",
            "VIS": "Visual impairment",
            "MOB": "Mobility impairment",
            "SPLD": "Specific learning difficulty",
            "LTC": "Long-standing health condition",
        },
    )
    description = Text("The kind of impairment", "Hearing impairment")
    start = Date("The day on which it became known", "2019-09-02")
    end = Date("The last day for which it was recorded", "2022-07-20")
    adjustment = Text("The adjustments that the school makes", "Meets in the room with the hearing loop")
    notes = Text("Any notes on the impairment", "Prefers messages in writing")
