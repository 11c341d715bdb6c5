"""Bromcom's data service on loopback, made from what published programs send it and read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from xml.sax.saxutils import escape

from tests.services import Asked, Reply

Entities = dict[str, list[dict[str, str]]]
SURNAMES = ("Abernathy", "Birtwhistle", "Cholmondeley", "Dunwoody", "Entwistle", "Fotheringay")
SPACE = "http://tempuri.org/"

ANSWER = """<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
<soap:Body><{operation}Response xmlns="http://tempuri.org/"><{operation}Result>
<xs:schema id="NewDataSet" xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Table" /></xs:schema>
<diffgr:diffgram xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">{data}</diffgr:diffgram>
</{operation}Result></{operation}Response></soap:Body></soap:Envelope>"""

FAULT = """<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
<soap:Body><soap:Fault><soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason>
<soap:Text xml:lang="en">Invalid user name or password</soap:Text></soap:Reason></soap:Fault></soap:Body>
</soap:Envelope>"""


def student(number: int, surname: str = "") -> dict[str, str]:
    return {
        "StudentID": str(number),
        "UPN": f"A9302999{number:05}",
        "FirstName": "Ruth",
        "LastName": surname or SURNAMES[number % 6],
        "MiddleName": "Ann",
        "PreferredFirstName": "Ruthie",
        "PreferredLastName": surname or SURNAMES[number % 6],
        "AdmissionNumber": f"00{number:04}",
        "TutorGroup": "7A",
        "YearGroup": "Year 7",
        "ChronologicalYearGroup": "Zephyrine" if number == 1 else "7",
        "StartDate": "2026-09-01T00:00:00+01:00",
    }


def school(numbers: Iterable[int], surname: str = "") -> Entities:
    students = [student(number, surname if number == 3 else "") for number in numbers]
    places = [{"CollectionID": "77", "PersonID": one["StudentID"]} for one in students]
    return {
        "Students": students,
        "Staff": [
            {"StaffID": "501", "FirstName": "Mo", "LastName": "Lubbock", "StartDate": "2019-09-01T00:00:00+01:00"},
            {"StaffID": "502", "FirstName": "Bo", "LastName": "Quill", "StartDate": "2020-01-06T00:00:00"},
        ],
        "SubjectClasses": [{"ClassID": "77", "ClassDescription": "7x/Ma1", "SubjectDescription": "Mathematics"}],
        "CollectionAssociates": [
            *({**one, "StartDate": "2026-09-01T00:00:00+01:00"} for one in places),
            {"CollectionID": "9", "PersonID": "1"},
            {"CollectionID": "77", "PersonID": "501"},
        ],
        "CollectionExecutives": [
            {"CollectionID": "77", "StaffID": "501", "CollectionRoleTypeDescription": "Main Teacher"},
            {"CollectionID": "9", "StaffID": "502", "CollectionRoleTypeDescription": "Main Tutor"},
        ],
    }


@dataclass
class Bromcom:
    """Serves schools, each under a name; `hidden` entities are in none."""

    schools: dict[str, Entities] = field(default_factory=dict[str, Entities])
    hidden: set[str] = field(default_factory=set[str])

    def __call__(self, asked: Asked) -> Reply:
        said = {name: unescape(text) for name, text in re.findall(r"<(\w+)>([^<]*)</", asked.body.decode())}
        operation = asked.headers["content-type"].partition(f'action="{SPACE}')[2].rstrip('"')
        xml = {"Content-Type": "application/soap+xml; charset=utf-8"}
        if asked.method != "POST" or not asked.path.endswith("/TPReadOnlyDataService.asmx"):
            return Reply(b"<html>Not found</html>", 404, {"Content-Type": "text/html"})
        if (said["username"], said["password"]) != ("soap", "<purple>"):
            return Reply(FAULT.encode(), 500, xml)
        entities = {n: rows for n, rows in self.schools[asked.path.split("/")[1]].items() if n not in self.hidden}
        rows = [{"EntityName": name} for name in entities] if "entityName" not in said else entities[said["entityName"]]
        return Reply(ANSWER.format(operation=operation, data=data_set(rows)).encode(), 200, xml)


def data_set(rows: Iterable[dict[str, str]]) -> str:
    tables = "".join(
        f"<Table>{''.join(f'<{name}>{escape(said)}</{name}>' for name, said in row.items())}</Table>" for row in rows
    )
    # A data set without rows is left out.
    return f'<NewDataSet xmlns="">{tables}</NewDataSet>' if tables else ""
