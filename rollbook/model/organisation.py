"""Districts and the schools in them."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Record, Ref, Text
from ..scopes import ANYONE, S
from .origin import came_from


class District(Record, scope=S.School | S.SchoolLite, writing=S.WritebackSchool, natural=("identifier",)):
    """What schools belong to: a UK trust or authority, or a US district; a school on its own is a district of one."""

    name = Text("The name of the district", "Larkspur Learning Trust")
    country = Code(
        "The country whose conventions the district follows",
        "GB",
        {"GB": "United Kingdom", "US": "United States"},
    )
    identifier = Text("The number that others use for the district", "1000")
    external_id = Text("The id of the district in the system that it came from", "d9e197f7-ce02-42fe-ab85-8837e4454239")
    origin = came_from()
    locale = Text("The language and country of the district's people, as an RFC 5646 tag", "en-GB")
    time_zone = Text("The district's time zone", "Europe/London")
    street = Text("The house number and street of the district's office", "4 Exchange Square")
    town = Text("The town of the district's office", "Derby")
    county = Text("The county or state of the district's office", "Derbyshire")
    post_code = Text("The post code of the district's office", "DE1 2AA")
    telephone = Text("The telephone number of the district's office", "01632960100")


class Organisation(Record, scope=S.School | S.SchoolLite, natural=("identifier",)):
    """A part of a district, or a body above it, that is not a school: a department, a local or state authority."""

    name = Text("The name of the organisation", "Science Department")
    kind = Code(
        "What kind of organisation it is",
        "department",
        {
            "department": "Department",
            "local": "Local authority",
            "state": "State",
            "national": "National body",
        },
    )
    identifier = Text("The number that others use for it", "1000-S")
    external_id = Text("Its id in the system that it came from", "0a1b2c3d-0000-4000-8000-000000000001")
    parent_id = Text("The external id of the organisation that it belongs to", "0a1b2c3d-0000-4000-8000-000000000002")


class School(
    Record,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackSchool,
    indexes=(("estab",),),
    natural=("estab", "name"),
    remembers=("identifier", "origin"),
):
    """A school: the place that grants access to its people's records."""

    estab = Text("The DfE establishment code for the school", "3285502")
    name = Text("The name of the school", "Aisley Secondary")
    head = Text("The name of the head teacher", "Adrian Blacker")
    main_contact = Text("Full title of the head teacher", "Mr Adrian Blacker")
    telephone = Text("School telephone number", "0208851234")
    web = Text("School website address", "www.aisleyschool.com")
    email = Text("School email address", "office@aisleyschool.com")
    deni_no = Text("(Northern Ireland Specific)", "328SSCO4321")
    governance = Text("Type of school governance", "Community")
    phase = Text("Type of school phase", "Secondary")
    exam_centre = Text("School exam centre number", "12348")
    address = Text("School address", "School Road, Eduville, London")
    logo = Text("The web address of the school's logo", "https://www.aisleyschool.com/logo.png")
    second_logo = Text(
        "The web address of the school's logo for other places, such as a dark background",
        "https://www.aisleyschool.com/logo-light.png",
    )
    time_zone = Text("The school's time zone", "Europe/London")
    external_id = Text("The id of the school in the system that it came from", "678f4c50-e0fb-472a-a0bf-cb2ab5ee5e69")
    origin = came_from()
    identifier = Text("The number that the district uses for the school", "1001")
    mis = Text("The management information system that the school's records come from", "rollbook", scope=ANYONE)
    locale = Text("The language and country of the school's people, as an RFC 5646 tag", "en-GB")
    grades = Text("CSV of the grades that the school teaches, as CEDS codes them", "06,07,08")


class SchoolRecord(Record, abstract=True):
    """A record that belongs to one school."""

    school = Ref("The school that the record belongs to", School, part_of=True)


class Site(SchoolRecord, scope=S.School | S.SchoolLite, indexes=(("school", "mis_id"),)):
    """A place where a school teaches; most have one."""

    mis_id = Text("The MIS Id of the site", "1")
    name = Text("The name of the site", "Main Building")
    is_main = Code("Whether this is the school's main site, 1 or 0", "1")
    telephone = Text("The telephone number of the site", "0208851234")
    address = Text("The address of the site", "School Road, Eduville, London")
    post_code = Text("The post code of the site", "E1 1AA")
    latitude = Decimal("Degrees north of the equator", 51.5)
    longitude = Decimal("Degrees east of Greenwich", -0.1)
    opened = Date("The day on which the site opened", "1998-09-01")
