"""Small invented rosters in the CSV formats of School Data Sync, Clever and Canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rollbook.demo.roster import FORENAMES, SURNAMES
from rollbook.ingest.conformance import Samples

Texts = dict[str, str]
"""Files by name."""

TWELVE = tuple(range(1, 13))


def name(number: int) -> tuple[str, str]:
    """A given and a family name."""
    return FORENAMES[number % len(FORENAMES)], SURNAMES[number % len(SURNAMES)]


def lines(header: str, *rows: str) -> str:
    """A file."""
    return "\n".join((header, *rows)) + "\n"


def sds_1(numbers: tuple[int, ...] = TWELVE, surname: str = "", lost: str = "") -> Texts:
    """Version 1, in the format of the US: two schools, a section at each, and a teacher with the id of a student."""
    people = {n: name(n) for n in numbers} | ({1: (name(1)[0], surname)} if surname else {})
    students = (
        f"{n},{'A1' if n < 7 else 'B1'},{given},{family},u{n},hunter2,91{n:04},7,4/{12 + n}/2013,Active,locker-{n}"
        for n, (given, family) in people.items()
    )
    term = "T1,Autumn,9/1/2026,12/18/2026"
    places = (f"{'S1' if n < 7 else 'S2'},{n}" for n in numbers)
    return {
        "School.csv": lines("SIS ID,Name,School Number,Zone", "A1,Alder School,1001,East", "B1,Birch School,1002,West"),
        "Section.csv": lines(
            "SIS ID,School SIS ID,Section Name,Section Number,Term SIS ID,Term Name,Term StartDate,Term EndDate,"
            "Course SIS ID,Course Name,Course Number,Course Subject,Course Description,Periods",
            f"S1,A1,English 1,EN-1,{term},C1,English,EN,English,Reading,1",
            f"S2,B1,English 2,EN-2,{term},C1,English,EN,English,Reading,2",
        ),
        "Student.csv": lines(
            "SIS ID,School SIS ID,First Name,Last Name,Username,Password,Student Number,Grade,Birthdate,Status,Locker",
            *students,
        ),
        "Teacher.csv": lines(
            "SIS ID,School SIS ID,First Name,Last Name,Username,Password,Teacher Number,Title",
            "1,A1,Moss,Tarn,moss,hunter2,81,Dr",
        ),
        "StudentEnrollment.csv": lines("Section SIS ID,SIS ID", *places, *([f"S1,{lost}"] if lost else [])),
        "TeacherRoster.csv": lines("Section SIS ID,SIS ID", "S1,1"),
    }


def sds_uk() -> Texts:
    """The same in version 1's format of the UK, where days are written day first."""
    texts = sds_1()
    names = (("School SIS ID", "School DfE Number"), ("Section SIS ID", "Section ID"))
    for file, text in texts.items():
        head, rest = text.split("\n", 1)
        for old, new in names:
            head = head.replace(old, new)
        texts[file] = f"{head.replace('SIS ID', 'DfE Number' if file == 'School.csv' else 'ID', 1)}\n{rest}"
    texts["Student.csv"] = texts["Student.csv"].replace(",4/", ",04/").replace("ID", "ID")
    texts["Section.csv"] = texts["Section.csv"].replace("Term ID", "Term SIS ID").replace("Course ID", "Course SIS ID")
    return texts


def sds_2(numbers: tuple[int, ...] = TWELVE, surname: str = "", lost: str = "") -> Texts:
    """Version 2.1: a district of two schools, a college role, contacts, flags and demographics."""
    people = {n: name(n) for n in numbers} | ({1: (name(1)[0], surname)} if surname else {})
    users = (f"{n},u{n}@heron.example,{given},{family},hunter2,,,," for n, (given, family) in people.items())
    roles = (f"{n},{'a' if n < 7 else 'b'},student,y,7,TRUE,2026-09-01,2027-07-20" for n in numbers)
    places = (f"{'k1' if n < 7 else 'k2'},{n},student" for n in numbers)
    return {
        "orgs.csv": lines(
            "sourcedId,name,type,parentSourcedId",
            "m,Ministry,ministryOfEducation,",
            "a,Alder School,school,m",
            "b,Birch College,college,m",
            "r,Hill,region,m",
        ),
        "academicSessions.csv": lines(
            "sourcedId,title,type,schoolYear,startDate,endDate", "y,Year,schoolYear,2027,2026-09-01,2027-07-20"
        ),
        "classes.csv": lines(
            "sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId", "k1,a,English 1,y,", "k2,b,English 2,y,"
        ),
        "users.csv": lines(
            "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms",
            *users,
            "t,moss,Moss,Tarn,hunter2,moss@heron.example,moss@heron.example,,",
            "p,pia,Pia,Fennel,hunter2,,pia@home.example,555-0101,",
        ),
        "roles.csv": lines(
            "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate",
            *roles,
            "t,b,professor,y,,TRUE,2026-09-01,",
        ),
        "enrollments.csv": lines(
            "classSourcedId,userSourcedId,role", *places, "k2,t,professor", *([f"k1,{lost},student"] if lost else [])
        ),
        "demographics.csv": lines(
            "userSourcedId,sex,birthDate,birthCity,birthState,birthCountry,ethnicityCodes,raceCodes",
            '1,female,2013-04-12,Riverton,WA,USA,hispanicOrLatinoEthnicity,"asian,white"',
        ),
        "userFlags.csv": lines("userSourcedId,flag", "1,iep", "1,freeLunch"),
        "relationships.csv": lines("userSourcedId,relationshipUserSourcedId,relationshipRole", "1,p,guardian"),
    }


def clever(numbers: tuple[int, ...] = TWELVE, surname: str = "", lost: str = "") -> Texts:
    """Clever's files as Genesis heads them, with a student who has two contacts."""
    people = {n: name(n) for n in numbers} | ({1: (name(1)[0], surname)} if surname else {})
    students = [
        f"{'A1' if n < 7 else 'B1'},{n},91{n:04},{family},{given},7,F,04/{12 + n}/2013,W,N,Y,u{n},hunter2"
        for n, (given, family) in people.items()
    ]
    contacts = [f"{row},Mother,Pia Fennel,555-0101,pia@home.example,p1" for row in students]
    contacts += [f"{row},Uncle,Bo Sorrel,555-0102,,p2" for row in students[:1]]
    places = (f"{'A1,S1' if n < 7 else 'B1,S2'},{n}" for n in numbers)
    return {
        "schools.csv": lines(
            "School_id,School_name,School_number,Principal", "A1,Alder,1001,Vale", "B1,Birch,1002,Rook"
        ),
        "students.csv": lines(
            "SCHOOL_ID,Student_id,Student_number,Last_name,First_name,Grade,Gender,DOB,Race,Hispanic_Latino,IEP_status,"
            "Username,Password,Contact_relationship,Contact_name,Contact_phone,Contact_email,Contact_sis_id",
            *contacts,
        ),
        "teachers.csv": lines(
            "School_id,Teacher_id,Teacher_number,First_name,Last_name,Title,Password",
            "A1,1,81,Moss,Tarn,locker-1,hunter2",
        ),
        "staff.csv": lines(
            "School_id,Staff_id,First_name,Last_name,Role,Password", "B1,20,Bo,Sorrel,Principal,hunter2"
        ),
        "sections.csv": lines(
            "School_id,Section_id,Teacher_id,Name,Section_number,Course_name,Course_number,Period,Subject,"
            "Term_name,Term_start,Term_end",
            "A1,S1,1,English 1,EN-1,English,EN,1,English,Autumn,09/01/2026,12/18/2026",
            "B1,S2,,English 2,EN-2,English,EN,2,English,Autumn,09/01/2026,12/18/2026",
        ),
        "enrollments.csv": lines("School_id,Section_id,Student_id", *places, *([f"A1,S1,{lost}"] if lost else [])),
    }


def canvas(numbers: tuple[int, ...] = TWELVE, surname: str = "", lost: str = "") -> Texts:
    """Canvas's files under names of somebody's own, with what is deleted, completed, observed and without a section."""
    people = {n: name(n) for n in numbers} | ({1: (name(1)[0], surname)} if surname else {})
    users = (f"{n},u{n},hunter2,{given},{family},u{n}@heron.example,active" for n, (given, family) in people.items())
    places = (f",{'s1' if n < 7 else 's2'},{n},student,active," for n in numbers)
    return {
        "1.csv": lines(
            "account_id,parent_account_id,name,status,integration_id",
            "d,,Heronsgate,active,",
            "a,d,Alder,active,locker-1",
            "b,d,Birch,active,",
            "sci,b,Science,active,",
        ),
        "2.csv": lines(
            "term_id,name,status,start_date,end_date",
            "t1,Autumn,active,2026-09-01 00:00:00,2026-12-18 00:00:00",
            "t0,Always,active,,",
        ),
        "3.csv": lines(
            "course_id,short_name,long_name,account_id,term_id,status",
            "c1,EN,English,a,t1,active",
            "c2,SC,Science,sci,t0,active",
            "c3,OL,Old,a,t1,deleted",
        ),
        "4.csv": lines("section_id,course_id,name,status", "s1,c1,English 1,active", "s2,c2,Science 1,active"),
        "5.csv": lines(
            "user_id,login_id,password,first_name,last_name,email,status",
            *users,
            "t,moss,hunter2,Moss,Tarn,,active",
            "p,pia,hunter2,Pia,Fennel,pia@home.example,active",
            "gone,gone,hunter2,Gone,Away,,deleted",
        ),
        "6.csv": lines(
            "course_id,section_id,user_id,role,status,associated_user_id",
            *places,
            "c1,,t,teacher,active,",
            "c1,,p,observer,active,1",
            ",s2,1,student,completed,",
            "c3,,2,student,active,",
            *([f",s1,{lost},student,active,"] if lost else []),
        ),
        "logins.csv": lines("user_id,login_id,existing_user_id", "1-again,u1-again,1"),
        "groups.csv": lines("group_id,course_id,name,status", "g,c1,Reading,available"),
    }


def folder(path: Path, texts: Mapping[str, str]) -> Path:
    """Write a roster as a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (path / file).write_text(text)
    return path


def samples(path: Path, make: Callable[..., Texts], extra: str) -> Samples:
    """The states of a roster that conformance asks for."""
    return Samples(
        whole=folder(path / "whole", make()),
        fewer=folder(path / "fewer", make(tuple(n for n in TWELVE if n != 2))),
        altered=folder(path / "altered", make(surname="Nettlebed")),
        shrunk=folder(path / "shrunk", make((1, 2, 7))),
        dangling=folder(path / "dangling", make(lost="nobody")),
        extra=extra,
    )
