"""Collections that several resources have: addresses, telephone numbers, names, documents, grade levels."""

from __future__ import annotations

from ..fields import Field
from .homes import Home, Listing
from .schema import Boolean, Collection, Date, Descriptor, Integer, Number, Property, Text
from .words import GRADES, words


def single(name: str, about: str, item: str, member: Property, home: Home | None = None) -> Collection:
    """A collection whose items have one member."""
    return Collection(name, about, item, (member,), home=home)


def grade_levels(name: str, item: str, fact: Field | None, *, required: bool = False) -> Collection:
    """The grades that something is for; `fact` is the record's list of them, if it has one."""
    member = Descriptor("gradeLevelDescriptor", "A grade", "GradeLevel", identity=True)
    home = Listing(fact, member.name, words("GradeLevel", GRADES)) if fact is not None else None
    return Collection(name, "The grades that it is for", item, (member,), home=home, required=required)


def periods(item: str) -> Collection:
    """The times for which the thing around it holds."""
    return Collection(
        "periods",
        "The times for which it holds",
        item,
        (Date("beginDate", "The first day", identity=True), Date("endDate", "The last day")),
    )


def addresses(owner: str) -> Collection:
    """Addresses within the United States."""
    return Collection(
        "addresses",
        "Addresses, by kind",
        f"{owner}Address",
        (
            Descriptor("addressTypeDescriptor", "The kind of address", "AddressType", identity=True),
            Descriptor("stateAbbreviationDescriptor", "The state or area", "StateAbbreviation", identity=True),
            Text("city", "The city", 30, 2, identity=True),
            Text("postalCode", "The postal code", 17, identity=True),
            Text("streetNumberName", "The house number and street, or the post office box", 150, identity=True),
            Descriptor("localeDescriptor", "Whether it is a city, a suburb, a town or the country", "Locale"),
            Text("apartmentRoomSuiteNumber", "The apartment, room or suite", 50),
            Text("buildingSiteNumber", "The building, where several share the address", 20),
            Text("congressionalDistrict", "The congressional district", 30),
            Text("countyFIPSCode", "The county's FIPS code", 5, 3),
            Boolean("doNotPublishIndicator", "Whether the address must not be published"),
            Text("latitude", "Degrees north of the equator", 20),
            Text("longitude", "Degrees east of Greenwich", 20),
            Text("nameOfCounty", "The county", 30),
            periods(f"{owner}AddressPeriod"),
        ),
    )


def international_addresses(owner: str) -> Collection:
    """Addresses outside of the United States."""
    return Collection(
        "internationalAddresses",
        "Addresses in other countries, by kind",
        f"{owner}InternationalAddress",
        (
            Descriptor("addressTypeDescriptor", "The kind of address", "AddressType", identity=True),
            Descriptor("countryDescriptor", "The country", "Country", required=True),
            Text("addressLine1", "The first line", 150, required=True),
            Text("addressLine2", "The second line", 150),
            Text("addressLine3", "The third line", 150),
            Text("addressLine4", "The fourth line", 150),
            Date("beginDate", "The first day on which it holds"),
            Date("endDate", "The last day on which it holds"),
            Text("latitude", "Degrees north of the equator", 20),
            Text("longitude", "Degrees east of Greenwich", 20),
        ),
    )


def identification_documents(name: str, item: str) -> Collection:
    """Papers that show who somebody is."""
    return Collection(
        name,
        "Papers that show who the person is",
        item,
        (
            Descriptor(
                "identificationDocumentUseDescriptor", "What it shows", "IdentificationDocumentUse", identity=True
            ),
            Descriptor(
                "personalInformationVerificationDescriptor",
                "The kind of paper",
                "PersonalInformationVerification",
                identity=True,
            ),
            Descriptor("issuerCountryDescriptor", "The country that issued it", "Country"),
            Date("documentExpirationDate", "The last day on which it is valid"),
            Text("documentTitle", "Its title", 60),
            Text("issuerDocumentIdentificationCode", "Its number", 60),
            Text("issuerName", "Who issued it", 150),
        ),
    )


def other_names(owner: str) -> Collection:
    """Names that somebody has beside the legal and the preferred one."""
    return Collection(
        "otherNames",
        "Further names, by kind",
        f"{owner}OtherName",
        (
            Descriptor("otherNameTypeDescriptor", "The kind of name", "OtherNameType", identity=True),
            Text("firstName", "The first name", 75, required=True),
            Text("generationCodeSuffix", "What stands after it, such as Jr.", 10),
            Text("lastSurname", "The surname", 75, required=True),
            Text("middleName", "The middle name", 75),
            Text("personalTitlePrefix", "The title before it", 30),
        ),
    )


def visas(owner: str) -> Collection:
    """Visas that somebody has."""
    member = Descriptor("visaDescriptor", "The kind of visa", "Visa", identity=True)
    return single("visas", "The visas that the person has", f"{owner}Visa", member)


def electronic_mails(owner: str, home: Home | None) -> Collection:
    """E-mail addresses, by kind."""
    return Collection(
        "electronicMails",
        "E-mail addresses, by kind",
        f"{owner}ElectronicMail",
        (
            Descriptor("electronicMailTypeDescriptor", "The kind of address", "ElectronicMailType", identity=True),
            Text("electronicMailAddress", "The address", 128, 7, identity=True),
            Boolean("doNotPublishIndicator", "Whether the address must not be published"),
            Boolean("primaryEmailAddressIndicator", "Whether it is the one to use first"),
        ),
        home=home,
    )


def telephones(owner: str, home: Home | None) -> Collection:
    """Telephone numbers, by kind."""
    return Collection(
        "telephones",
        "Telephone numbers, by kind",
        f"{owner}Telephone",
        (
            Descriptor("telephoneNumberTypeDescriptor", "The kind of number", "TelephoneNumberType", identity=True),
            Text("telephoneNumber", "The number", 24, identity=True),
            Boolean("doNotPublishIndicator", "Whether the number must not be published"),
            Integer("orderOfPriority", "Which one to call first, second and so on", 1),
            Boolean("textMessageCapabilityIndicator", "Whether it takes text messages"),
        ),
        home=home,
    )


def course_characteristics(item: str, name: str = "courseLevelCharacteristics") -> Collection:
    """The special programmes that a course counts for."""
    return single(
        name,
        "The special programmes that the course counts for, such as AP",
        item,
        Descriptor("courseLevelCharacteristicDescriptor", "A programme", "CourseLevelCharacteristic", identity=True),
    )


def credits(name: str, about: str) -> Number:
    """A number of credits."""
    return Number(name, about, 0, 999_999.999)


def credit_conversion(name: str) -> Number:
    """What makes credits of a kind comparable with others."""
    return Number(name, "What the credits are multiplied by to be Carnegie units", -9_999_999.99, 9_999_999.99)
