"""The tables of a roster in OneRoster's shape: their columns, and what each version of it needs besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...model.calendar import SESSION_KINDS
from ...model.gradebook import SCORE_STATUSES
from ...model.resources import IMPORTANCE
from ..tables import Layout, layout
from .humans import RACES, SEXES
from .people import CONTACTS

STATUSES = ("active", "tobedeleted")
ORGS = ("department", "school", "district", "local", "state", "national")
ROLES = (
    *("administrator", "aide", "proctor", "student", "teacher", *CONTACTS),
    *("counselor", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator"),
)


def _layout(
    name: str, columns: str, dropped: Iterable[str] = (), key: str = "sourcedId!", **choices: Iterable[str]
) -> Layout:
    columns = f"{key} status dateLastModified~ {columns}"
    return layout(name, columns, key="sourcedId", dropped=dropped, status=STATUSES, **choices)


LAYOUTS = (
    _layout(
        "academicSessions",
        "title! type! startDate!@ endDate!@ parentSourcedId>academicSessions schoolYear^",
        type=SESSION_KINDS,
    ),
    _layout("orgs", "name! type! identifier parentSourcedId>orgs", type=ORGS),
    _layout(
        "courses",
        "schoolYearSourcedId>academicSessions title! courseCode grades% orgSourcedId!>orgs subjects subjectCodes",
    ),
    _layout(
        "classes",
        "title! grades% courseSourcedId!>courses classCode classType^ location schoolSourcedId!>orgs"
        " termSourcedIds^>>academicSessions subjects subjectCodes periods",
        classType=("homeroom", "scheduled"),
    ),
    _layout(
        "users",
        "enabledUser^? orgSourcedIds>>orgs role username^ userIds givenName! familyName! middleName identifier"
        " email sms phone agentSourcedIds>>users* grades% userMasterIdentifier preferredGivenName"
        " preferredMiddleName preferredFamilyName primaryOrgSourcedId>orgs pronouns",
        dropped=["password"],
        role=ROLES,
    ),
    _layout(
        "roles",
        "userSourcedId!>users roleType! role! beginDate@ endDate@ orgSourcedId!>orgs userProfileSourcedId",
        roleType=("primary", "secondary"),
        role=ROLES,
    ),
    _layout(
        "userProfiles",
        "userSourcedId!>users profileType vendorId applicationId description credentialType username",
        dropped=["password"],
    ),
    _layout(
        "enrollments",
        "classSourcedId!>classes schoolSourcedId!>orgs userSourcedId!>users role! primary? beginDate@ endDate@",
        role=ROLES,
    ),
    _layout(
        "demographics",
        f"birthDate@ sex {' '.join(f'{race}?' for race in RACES)} hispanicOrLatinoEthnicity?"
        " countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
        key="sourcedId!>users",
        sex=SEXES,
    ),
    _layout("categories", "title! weight#"),
    _layout(
        "scoreScales",
        "title! type! orgSourcedId courseSourcedId classSourcedId!>classes scoreScaleValue!",
    ),
    _layout(
        "lineItems",
        "title! description assignDate!@ dueDate!@ classSourcedId!>classes categorySourcedId!>categories"
        " gradingPeriodSourcedId academicSessionSourcedId resultValueMin# resultValueMax# schoolSourcedId",
    ),
    _layout("lineItemScoreScales", "lineItemSourcedId!>lineItems scoreScaleSourcedId!>scoreScales"),
    _layout("lineItemLearningObjectiveIds", "lineItemSourcedId!>lineItems source! learningObjectiveId!"),
    _layout(
        "results",
        "lineItemSourcedId!>lineItems studentSourcedId!>users scoreStatus! score# scoreDate!@ comment textScore"
        " classSourcedId inProgress? incomplete? late? missing?",
        scoreStatus=SCORE_STATUSES,
    ),
    _layout("resultScoreScales", "resultSourcedId!>results scoreScaleSourcedId!>scoreScales"),
    _layout("resultLearningObjectiveIds", "resultSourcedId!>results source! learningObjectiveId! score# textScore"),
    _layout(
        "resources",
        "vendorResourceId! title roles importance vendorId applicationId",
        importance=IMPORTANCE,
    ),
    _layout("classResources", "title classSourcedId!>classes resourceSourcedId!>resources"),
    _layout("courseResources", "title courseSourcedId!>courses resourceSourcedId!>resources"),
    _layout("userResources", "userSourcedId!>users orgSourcedId classSourcedId resourceSourcedId!>resources"),
)
ROSTER = frozenset(of.name for of in LAYOUTS[:9])
"""The files of the rostering service; what the others have is small, or of no matter to who is where."""
VERSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"1.1": {"users": ("role",)}, "1.2": {}}
"""What each version needs of a file besides: 1.2 has a file of its own for roles."""
HEADED = {"1.1": {"users": ("orgSourcedIds",)}, "1.2": {}}
"""Columns that only one version has, and needs in the header."""
