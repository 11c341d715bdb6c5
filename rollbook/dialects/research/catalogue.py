"""The resources: what each is called, what it has, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...fields import Expr, HubId, Record
from ...model.research import (
    SEXES,
    CohortSubject,
    Project,
    ProjectInvitation,
    ProjectMember,
    ResearchCohort,
    ResearchSubject,
    ResearchTeam,
    ResearchUser,
    Species,
    SpeciesProposal,
    Strain,
    StrainProposal,
    SubjectProject,
    Taxon,
    TeamMember,
    cohort_subjects,
    cohort_tags,
    project_cohorts,
    project_subjects,
    project_tags,
    project_teams,
    project_users,
    subject_projects,
    subject_tags,
    team_members,
    teams_owned,
    user_projects,
)
from .attributes import Attribute, Document, Fact, Listing, Members, Nothing, One, Several, Tags

Attributes = dict[str, Attribute]


@dataclass(frozen=True)
class Resource:
    """One resource: its names on the wire, its attributes in the order in which they are shown, what may be done."""

    name: str
    plural: str
    apps: tuple[str, ...]
    of: type[Record]
    attributes: Mapping[str, Attribute]
    hidden: Mapping[str, Attribute]
    """Attributes that filters know of although they are not shown."""
    order: tuple[Expr, ...]
    spellings: tuple[str, ...] = ()
    """Further names in the address."""
    does: tuple[str, ...] = ("add", "change", "delete")
    """What may be done with one, beside reading it."""
    actions: tuple[str, ...] = ()
    """What may be done with one besides, each at an address of its own."""

    @property
    def identity(self) -> Fact:
        """The attribute by which one is known."""
        found = self.attributes["id"]
        assert isinstance(found, Fact)
        return found


RESOURCES: dict[str, Resource] = {}


def _resource(
    name: str,
    plural: str,
    app: str | tuple[str, ...],
    of: type[Record],
    attributes: Attributes,
    *,
    identity: Fact | None = None,
    hidden: Attributes | None = None,
    order: tuple[Expr, ...] = (),
    spellings: tuple[str, ...] = (),
    does: tuple[str, ...] = ("add", "change", "delete"),
    actions: tuple[str, ...] = (),
) -> None:
    RESOURCES[name] = Resource(
        name,
        plural,
        (app,) if isinstance(app, str) else app,
        of,
        {"id": identity or Fact(value=HubId(of), kind="id", read_only=True), **attributes},
        hidden or {},
        order,
        spellings,
        does,
        actions,
    )


def _name(field: Expr, most: int) -> Fact:
    return Fact(value=field, most=most, required=True)


# ---- stem

_resource(
    "project",
    "projects",
    "stem",
    Project,
    {
        "name": _name(Project.name, 200),
        "description": Fact(value=Project.description, unset=""),
        "sessions": Nothing(read_only=True, unset=[]),
        "subjects": Several(many=project_subjects, ref=SubjectProject.subject, model="subject", read_only=True),
        "publications": Nothing(unset=[]),
        "collections": Nothing(read_only=True, unset=[]),
        "cohorts": Several(many=project_cohorts, value=HubId(ResearchCohort), model="cohort", read_only=True),
        "extra_fields": Document(value=Project.extra_fields, unset={}),
        "is_public": Fact(value=Project.is_public, kind="flag", unset=0),
        "tags": Tags(many=project_tags),
        "users": Members(
            many=project_users,
            ref=ProjectMember.user,
            by=ResearchUser.email,
            model="user",
            rights={
                "can_change": ProjectMember.can_change,
                "is_manager": ProjectMember.is_manager,
                "is_owner": ProjectMember.is_owner,
            },
        ),
        "groups": Members(
            many=project_teams,
            ref=ProjectMember.team,
            by=ResearchTeam.name,
            model="group",
            rights={
                "can_change": ProjectMember.can_change,
                "is_manager": ProjectMember.is_manager,
                "is_owner": ProjectMember.is_owner,
            },
        ),
    },
    order=(Project.name,),
)

_resource(
    "subject",
    "subjects",
    "stem",
    ResearchSubject,
    {
        "name": _name(ResearchSubject.name, 100),
        "description": Fact(value=ResearchSubject.description, unset=""),
        "projects": Several(
            many=subject_projects,
            ref=SubjectProject.project,
            order=(SubjectProject.project / Project.name,),
            model="project",
            required=True,
        ),
        "strain": One(ref=ResearchSubject.strain, model="strain", required=True),
        "sex": Fact(value=ResearchSubject.sex, choices=SEXES, required=True),
        "genetic_line": Fact(value=ResearchSubject.genetic_line, most=100, unset=""),
        "subject_identifier": Fact(value=ResearchSubject.subject_identifier, most=100, unset=""),
        "supplier": Nothing(),
        "birth_date": Fact(value=ResearchSubject.birth_date, kind="date"),
        "death_date": Fact(value=ResearchSubject.death_date, kind="date"),
        "extra_fields": Document(value=ResearchSubject.extra_fields, unset={}),
        "procedures": Nothing(read_only=True, unset=[]),
        "subjectlogs": Nothing(read_only=True, unset=[]),
        "tags": Tags(many=subject_tags),
        "name_used_in_storage": Fact(value=ResearchSubject.name_used_in_storage, most=200),
    },
    order=(ResearchSubject.name,),
)

_resource(
    "cohort",
    "cohorts",
    "stem",
    ResearchCohort,
    {
        "name": _name(ResearchCohort.name, 100),
        "description": Fact(value=ResearchCohort.description, unset=""),
        "project": One(ref=ResearchCohort.project, model="project", required=True),
        "subjects": Several(
            many=cohort_subjects, ref=CohortSubject.subject, order=(CohortSubject.position,), model="subject"
        ),
        "tags": Tags(many=cohort_tags),
    },
    order=(ResearchCohort.name,),
)

_resource(
    "project_membership_invitation",
    "project_membership_invitations",
    ("stem", "users"),
    ProjectInvitation,
    {
        "invitee": One(
            ref=ProjectInvitation.invitee,
            value=ProjectInvitation.invitee / ResearchUser.number,
            model="user",
            numbered=True,
        ),
        "email": Fact(value=ProjectInvitation.email, most=254),
        "project": One(ref=ProjectInvitation.project, model="project", required=True),
        "can_change": Fact(value=ProjectInvitation.can_change, kind="flag", unset=0),
        "manage_project": Fact(value=ProjectInvitation.manage_project, kind="flag", unset=0),
        "own_project": Fact(value=ProjectInvitation.own_project, kind="flag", unset=0),
    },
    spellings=("projectmembershipinvitation",),
    does=("add", "delete"),
    actions=("accept", "decline", "reject", "cancel"),
)


# ---- taxonomies


def _taxon(of: type[Taxon], more: Attributes, last: Attributes) -> Attributes:
    facts = of.fields
    return {
        "name": _name(facts["name"], 100),
        "description": Fact(value=facts["description"], most=2000, unset=""),
        **more,
        "rrid": Fact(value=facts["rrid"], most=100),
        **last,
        "external_identifiers": Document(value=facts["external_identifiers"], unset=[]),
    }


def _url(of: type[Taxon]) -> Attributes:
    # What a proposer says is shown with the proposal.
    comments = Fact(most=2000, unset="", shown=False)
    return {"comments": comments, "rrid_url": Fact(value=of.fields["rrid_url"], read_only=True)}


def _proposal(of: type[SpeciesProposal | StrainProposal]) -> Attributes:
    return {
        "instance_id": Fact(value=of.instance, kind="id", read_only=True),
        "action": Fact(value=of.action, read_only=True),
        "reviewer": One(
            ref=of.reviewer, value=of.reviewer / ResearchUser.number, model="user", numbered=True, read_only=True
        ),
        "status": Fact(value=of.status, read_only=True),
        "comments": Fact(value=of.comments, read_only=True, unset=""),
    }


_DECISIONS = ("accept", "reject")

_resource(
    "species",
    "species",
    "taxonomies",
    Species,
    _taxon(Species, {}, _url(Species)),
    hidden={"tags": Tags()},
    order=(Species.name,),
)

_resource(
    "strain",
    "strains",
    "taxonomies",
    Strain,
    _taxon(Strain, {"species": One(ref=Strain.species, model="species", required=True)}, _url(Strain)),
    hidden={"tags": Tags()},
    order=(Strain.name,),
)

_resource(
    "species_approval",
    "species_approvals",
    "taxonomies",
    SpeciesProposal,
    {**_taxon(SpeciesProposal, {}, {}), **_proposal(SpeciesProposal)},
    spellings=("speciesapproval",),
    does=(),
    actions=_DECISIONS,
)

_resource(
    "strain_approval",
    "strain_approvals",
    "taxonomies",
    StrainProposal,
    {
        **_taxon(StrainProposal, {"species": One(ref=StrainProposal.species, model="species")}, {}),
        **_proposal(StrainProposal),
    },
    spellings=("strainapproval",),
    does=(),
    actions=_DECISIONS,
)


# ---- users

_resource(
    "user",
    "users",
    "users",
    ResearchUser,
    {
        "email": Fact(value=ResearchUser.email, most=254, required=True),
        "first_name": Fact(value=ResearchUser.first_name, most=150, unset=""),
        "last_name": Fact(value=ResearchUser.last_name, most=150, unset=""),
        "groups_own_json": Listing(
            many=teams_owned,
            members={"id": TeamMember.team / ResearchTeam.number, "name": TeamMember.team / ResearchTeam.name},
            read_only=True,
        ),
        "website": Fact(value=ResearchUser.website, most=200, unset=""),
        "google_scholar": Fact(value=ResearchUser.google_scholar, most=200, unset=""),
        "orcid_id": Fact(value=ResearchUser.orcid_id, most=100, unset=""),
        "atlas_preference": Fact(value=ResearchUser.atlas_preference, most=7, unset=""),
        "active_projects": Several(
            many=user_projects,
            ref=ProjectMember.project,
            order=(ProjectMember.project / Project.name,),
            model="project",
            read_only=True,
        ),
    },
    identity=Fact(value=ResearchUser.number, kind="number", read_only=True),
    order=(ResearchUser.number,),
)

_resource(
    "group",
    "groups",
    "users",
    ResearchTeam,
    {
        "name": _name(ResearchTeam.name, 150),
        "users": Members(
            many=team_members,
            ref=TeamMember.user,
            by=ResearchUser.email,
            model="user",
            rights={"is_manager": TeamMember.is_manager, "is_owner": TeamMember.is_owner},
        ),
    },
    identity=Fact(value=ResearchTeam.number, kind="number", read_only=True),
    order=(ResearchTeam.number,),
)

ADDRESSES: dict[tuple[str, str], Resource] = {
    (app, spelling): resource
    for resource in RESOURCES.values()
    for app in resource.apps
    for spelling in (resource.name, *resource.spellings)
}
"""Each resource by its app and name in the address."""

BY_RECORD: dict[type[Record], Resource] = {resource.of: resource for resource in RESOURCES.values()}
