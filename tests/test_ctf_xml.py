"""The Common Transfer File: what it says of pupils comes in, as far as the record has homes for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import Samples, by_keys, conform
from rollbook.store.sqlite import Store

from .demo_data import new_store

CTF = CONNECTORS["ctf-xml"]
SURNAMES = ("Abernathy", "Birtwhistle", "Cholmondeley", "Dunwoody", "Entwistle", "Fotheringay")
NAMED = {"name": "Alder School"}

HEADER = """<Header><DocumentName>Common Transfer File</DocumentName><CTFversion>21.0</CTFversion>
<DateTime>{written}</DateTime><SupplierID>Example</SupplierID>
<SourceSchool><LEA>830</LEA><Estab>2002</Estab><SchoolName>Birch Primary</SchoolName><AcademicYear>2025</AcademicYear>
</SourceSchool><DestSchool><LEA>830</LEA><Estab>4001</Estab></DestSchool></Header>"""

PUPIL = """<Pupil><UPN>{upn}</UPN><Surname>{surname}</Surname><Forename>Ruth</Forename><DOB>2014-10-{day}</DOB>
<Gender>F</Gender><BasicDetails><PreferredForename>Ruthie</PreferredForename><MiddleNames>Ann</MiddleNames>
<NCyearActual>7</NCyearActual><Ethnicity>WBRI</Ethnicity><EthnicitySource>P</EthnicitySource>
<Languages><Type><LanguageType>F</LanguageType><Language>ENG</Language></Type></Languages>
<EnrolStatus>C</EnrolStatus></BasicDetails>{more}</Pupil>
"""

MORE = """<LookedAfter><InCare>false</InCare></LookedAfter>
<SENhistory><SEN><StartDate>2023-09-01</StartDate><SENprovision>N</SENprovision></SEN>
<SEN><StartDate>2024-09-01</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>
<FSMhistory><FSMinstance><FSMstartDate>2022-09-01</FSMstartDate><UKcountry>ENG</UKcountry></FSMinstance></FSMhistory>
<Address><BS7666Address><PAON>4</PAON><Street>Weir Lane</Street><Town>Derby</Town></BS7666Address>
<PostCode>DE1 2AA</PostCode></Address>
<Phones><Phone><TelephoneType>H</TelephoneType><PhoneNo>01632 960001</PhoneNo></Phone></Phones>
<Contacts><Contact><Order>1</Order><Title>Mrs</Title><Surname>Bennett</Surname><Forename>Hilda</Forename>
<Relationship>PAM</Relationship><Responsibility>true</Responsibility><AddressAsPupil>true</AddressAsPupil>
<Email>hilda@home.example</Email></Contact></Contacts>
<Attendance><YearData><Year>2025</Year><LEA>830</LEA><Estab>2002</Estab><SessionsPossible>380</SessionsPossible>
<SessionsAttended>371</SessionsAttended></YearData></Attendance>
<StageAssessments><KeyStage><Stage>KS2</Stage>
<StageAssessment><Year>2026</Year><Subject>ENG</Subject><Method>TA</Method><Component>REA</Component>
<ResultStatus>A</ResultStatus><ResultQualifier>NB</ResultQualifier><Result>EXS</Result><ResultDate>2026-07-01</ResultDate>
</StageAssessment></KeyStage></StageAssessments>
<SchoolHistory><School><LEA>830</LEA><Estab>2002</Estab><SchoolName>Birch Primary</SchoolName>
<EntryDate>2018-09-03</EntryDate><LeavingDate>2026-07-21</LeavingDate><LeavingReason>EPT</LeavingReason>
<LastSchool>true</LastSchool></School></SchoolHistory>"""


def upn(number: int) -> str:
    return f"A9302999{number:05}"


def pupil(number: int, surname: str = "", more: str = "") -> str:
    return PUPIL.format(upn=upn(number), surname=surname or SURNAMES[number % 6], day=number + 9, more=more)


def pupils(numbers: Iterable[int], surname: str = "") -> str:
    zephyr = "<Zephyrine>yes</Zephyrine>"
    return "".join(pupil(n, surname if n == 3 else "", zephyr if n == 1 else "") for n in numbers)


def folder(path: Path, files: Mapping[str, str]) -> Path:
    path.mkdir(parents=True)
    for name, inner in files.items():
        header = HEADER.format(
            written=f"2026-09-0{len(name) % 9}T09:00:00" if name != "late" else "2026-10-01T09:00:00"
        )
        whole = f"<CTfile>{header}<CTFpupilData>\n{inner}</CTFpupilData></CTfile>\n"
        (path / f"{name}.xml").write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}')
    return path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def test_it_conforms(tmp_path: Path) -> None:
    lost = pupils(range(1, 13)) + pupil(14).replace(upn(14), "")
    samples = Samples(
        whole=folder(tmp_path / "whole", {"ctf": pupils(range(1, 13))}),
        fewer=folder(tmp_path / "fewer", {"ctf": pupils(range(1, 12))}),
        altered=folder(tmp_path / "altered", {"ctf": pupils(range(1, 13), "Marchbanks")}),
        shrunk=folder(tmp_path / "shrunk", {"ctf": pupils((1, 2))}),
        dangling=folder(tmp_path / "dangling", {"ctf": lost}),
        extra="Zephyrine",
    )
    conform(CTF, samples, tmp_path, lambda _: NAMED)


def test_a_pupil_comes_in_with_all_that_has_a_home(store: Store, tmp_path: Path) -> None:
    path = folder(tmp_path / "files", {"ctf": pupil(1, more=MORE)})
    diff = import_roster(store, CTF, path, settings=NAMED)
    assert not diff.aside
    held, key = by_keys(store), upn(1)
    assert held["School", "8304001"]["estab"] == "8304001"
    told = ("upn", "nc_year", "enrolment_status", "sen_provision", "fsm_eligible", "fsm_start", "in_care")
    assert [held["Student", key][name] for name in told] == [key, "7", "C", "K", 1, "2022-09-01", 0]
    names = ("forename", "legal_forename", "surname", "birth_date", "gender", "house_no", "street", "town", "post_code")
    assert [held["Person", f"pupils/{key}"][name] for name in names] == [
        *("Ruthie", "Ruth", "Birtwhistle", "2014-10-10", "F", "4", "Weir Lane", "Derby", "DE1 2AA")
    ]
    assert (held["Person", f"pupils/{key}"]["first_language_code"], held["Person", f"pupils/{key}"]["home_phone"]) == (
        *("ENG", "01632 960001"),
    )
    mother = held["Person", f"contacts/{key}:1"]
    assert (mother["surname"], mother["street"], mother["home_email"]) == ("Bennett", "Weir Lane", "hilda@home.example")
    related = held["Relationship", f"{key}:1"]
    assert (related["relationship"], related["parental"], related["priority"]) == ("Mother", 1, 1)
    (before,) = (row for (kind, _), row in held.items() if kind == "PreviousSchool")
    assert (before["name"], before["estab"], before["leaving_date"]) == ("Birch Primary", "8302002", "2026-07-21")
    result = held["AssessmentResult", f"{key}:KS2 ENG REA TA NB:2026"]
    assert (result["result"], result["date"]) == ("EXS", "2026-07-01")
    aspect = held["Aspect", "8304001:KS2 ENG REA TA NB"]
    assert (aspect["name"], aspect["prior"], aspect["ks1"], aspect["ks2"]) == ("KS2 ENG REA TA NB", 1, 0, 1)
    assert held["ResultSet", "8304001:KS2 2026"]["name"] == "KS2 2026"
    assert sorted(row["code"] for (kind, _), row in held.items() if kind == "SenProvision") == ["K", "N"]
    # There is no record of attendance at another school; what was said of it stays with the pupil, and no contact does.
    remainder = str(held["Student", key]["remainder"])
    assert '"Attendance.YearData.SessionsAttended": "371"' in remainder.replace('":"', '": "')
    assert "Bennett" not in remainder


def test_the_last_file_that_tells_of_a_pupil_counts(store: Store, tmp_path: Path) -> None:
    files = {"early": pupil(1, "Old") + pupil(2), "late": pupil(1, "New")}
    import_roster(store, CTF, folder(tmp_path / "files", files), settings=NAMED)
    held = by_keys(store)
    assert held["Person", f"pupils/{upn(1)}"]["surname"] == "New"
    assert ("Student", upn(2)) in held


def test_pupils_may_be_those_of_the_school_that_sent_the_file(store: Store, tmp_path: Path) -> None:
    path = folder(tmp_path / "files", {"ctf": pupil(1)})
    diff = import_roster(store, CTF, path, settings={"side": "source"})
    assert diff.district == "Birch Primary"
    assert ("School", "8302002") in by_keys(store)


def test_a_side_that_is_none_is_named(store: Store, tmp_path: Path) -> None:
    path = folder(tmp_path / "files", {"ctf": pupil(1)})
    with pytest.raises(Malformed, match="'to' is not a side"):
        import_roster(store, CTF, path, settings={"side": "to"})


def test_a_pupil_without_a_upn_is_set_aside_by_line(store: Store, tmp_path: Path) -> None:
    path = folder(tmp_path / "files", {"ctf": pupils(range(1, 13)) + pupil(14).replace(upn(14), "")})
    diff = import_roster(store, CTF, path, settings=NAMED)
    assert str(diff.aside[0].problem).startswith("ctf.xml line ")
    assert len([key for kind, key in by_keys(store) if kind == "Student"]) == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><CTfile>&a;</CTfile>', "has a document type"),
        ("<CTfile><Header>", "is not well-formed XML"),
        ("<CTfile><CTFpupilData></CTFpupilData></CTfile>", "does not say which school it was sent to"),
    ],
)
def test_what_is_no_transfer_file_stops_the_source(store: Store, tmp_path: Path, text: str, said: str) -> None:
    (folder(tmp_path / "files", {"ctf": pupil(1)}) / "ctf.xml").write_text(text)
    with pytest.raises(Malformed, match=said):
        import_roster(store, CTF, tmp_path / "files", settings=NAMED)
