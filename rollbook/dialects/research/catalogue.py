"""The resources: what each is called, what it has, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...fields import Expr, HubId, Record
from ...model.research import (
    SEXES,
    CohortSubject,
    CollectionSession,
    Firm,
    FirmProposal,
    Journal,
    JournalProposal,
    Procedure,
    Project,
    ProjectInvitation,
    ProjectMember,
    ProjectPublication,
    Proposal,
    Publication,
    ResearchCohort,
    ResearchCollection,
    ResearchSession,
    ResearchSubject,
    ResearchTeam,
    ResearchUser,
    SessionProject,
    Species,
    SpeciesProposal,
    Strain,
    StrainProposal,
    SubjectLog,
    SubjectProject,
    Supplier,
    SupplierProposal,
    Taxon,
    TeamInvitation,
    TeamMember,
    TeamProjectInvitation,
    TeamRequest,
    cohort_subjects,
    cohort_tags,
    collection_sessions,
    collection_tags,
    project_cohorts,
    project_collections,
    project_publications,
    project_sessions,
    project_subjects,
    project_tags,
    project_teams,
    project_users,
    session_projects,
    session_tags,
    subject_logs,
    subject_procedures,
    subject_projects,
    subject_tags,
    team_members,
    teams_owned,
    user_projects,
)
from .attributes import Attribute, Document, Fact, Lines, Listing, Members, Nothing, One, Several, Tags
from .values import download_links, extra_fields, json_object

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
        "sessions": Several(
            many=project_sessions,
            ref=SessionProject.session,
            order=(SessionProject.session / ResearchSession.name,),
            model="session",
            read_only=True,
        ),
        "subjects": Several(many=project_subjects, ref=SubjectProject.subject, model="subject", read_only=True),
        "publications": Several(
            many=project_publications,
            ref=ProjectPublication.publication,
            order=(ProjectPublication.position,),
            model="publication",
        ),
        "collections": Several(
            many=project_collections, value=HubId(ResearchCollection), model="collection", read_only=True
        ),
        "cohorts": Several(many=project_cohorts, value=HubId(ResearchCohort), model="cohort", read_only=True),
        "extra_fields": Document(value=Project.extra_fields, unset={}, check=extra_fields),
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
        "supplier": One(ref=ResearchSubject.supplier, model="supplier"),
        "birth_date": Fact(value=ResearchSubject.birth_date, kind="date"),
        "death_date": Fact(value=ResearchSubject.death_date, kind="date"),
        "extra_fields": Document(value=ResearchSubject.extra_fields, unset={}, check=extra_fields),
        "procedures": Several(many=subject_procedures, value=HubId(Procedure), model="procedure", read_only=True),
        "subjectlogs": Several(many=subject_logs, value=HubId(SubjectLog), model="subject_log", read_only=True),
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
    "session",
    "sessions",
    "stem",
    ResearchSession,
    {
        "name": _name(ResearchSession.name, 100),
        "description": Fact(value=ResearchSession.description, unset=""),
        "projects": Several(
            many=session_projects,
            ref=SessionProject.project,
            order=(SessionProject.project / Project.name,),
            model="project",
            required=True,
        ),
        "date_time": Fact(value=ResearchSession.date_time, kind="moment"),
        "epochs": Nothing(read_only=True, unset=[]),
        "datastorage": Nothing(unset=[]),
        "extra_fields": Document(value=ResearchSession.extra_fields, unset={}, check=extra_fields),
        "download_links": Document(value=ResearchSession.download_links, unset=[], check=download_links),
        "dataacquisition": Nothing(read_only=True, unset=[]),
        "behaviors": Nothing(read_only=True, unset=[]),
        "manipulations": Nothing(read_only=True, unset=[]),
        "name_used_in_storage": Fact(value=ResearchSession.name_used_in_storage, most=200),
        "tags": Tags(many=session_tags),
    },
    order=(ResearchSession.name,),
)

_resource(
    "collection",
    "collections",
    "stem",
    ResearchCollection,
    {
        "name": _name(ResearchCollection.name, 100),
        "description": Fact(value=ResearchCollection.description, unset=""),
        "project": One(ref=ResearchCollection.project, model="project", required=True),
        "sessions": Several(
            many=collection_sessions,
            ref=CollectionSession.session,
            order=(CollectionSession.position,),
            model="session",
        ),
        "tags": Tags(many=collection_tags),
    },
    order=(ResearchCollection.name,),
)


# ---- modules

COORDINATES: dict[str, str] = dict.fromkeys(
    (
        "External_XYZ_Absolute",
        "Stereotaxic_BregmaAbsolute",
        "Stereotaxic_BregmaBrainSurface",
        "Stereotaxic_LambdaAbsolute",
        "Stereotaxic_LambdaBrainSurface",
        "Stereotaxic_XYZ_Absolute",
        "Stereotaxic_XY_Surface",
    ),
    "",
)
"""How the place of a procedure in the brain may be told."""

_resource(
    "procedure",
    "procedures",
    "modules",
    Procedure,
    {
        "type": _name(Procedure.type, 100),
        "notes": Fact(value=Procedure.notes, most=500, unset=""),
        "subject": One(ref=Procedure.subject, model="subject", required=True),
        "date_time": Fact(value=Procedure.date_time, kind="moment"),
        "consumablestock": Nothing(),
        "equipment": Nothing(unset=[]),
        "brain_region": Nothing(),
        "details": Document(value=Procedure.details, unset={}, check=json_object),
        "coordinates_system": Fact(value=Procedure.coordinates_system, choices=COORDINATES, required=True),
        "coordinates_details": Document(value=Procedure.coordinates_details, unset={}, check=json_object),
    },
    hidden={"tags": Tags()},
)

_resource(
    "subject_log",
    "subject_logs",
    "modules",
    SubjectLog,
    {
        "type": _name(SubjectLog.type, 100),
        "description": Fact(value=SubjectLog.description, most=500),
        "subject": One(ref=SubjectLog.subject, model="subject", required=True),
        "user": One(
            ref=SubjectLog.keeper,
            value=SubjectLog.keeper / ResearchUser.number,
            model="user",
            numbered=True,
            read_only=True,
        ),
        "entries": Lines(read_only=True),
    },
    hidden={"tags": Tags()},
    spellings=("subjectlog",),
    actions=("add_entry", "change_entry", "remove_entry"),
)


# ---- invitations

_ANSWERS = ("accept", "decline", "reject", "cancel")


def _offered(of: type[ProjectInvitation | TeamProjectInvitation]) -> Attributes:
    names = ("can_change", "manage_project", "own_project")
    flags: Attributes = {name: Fact(value=of.fields[name], kind="flag", unset=0) for name in names}
    return {"project": One(ref=of.project, model="project", required=True), **flags}


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
        **_offered(ProjectInvitation),
    },
    spellings=("projectmembershipinvitation",),
    does=("add", "delete"),
    actions=_ANSWERS,
)

_resource(
    "project_group_membership_invitation",
    "project_group_membership_invitations",
    ("stem", "users"),
    TeamProjectInvitation,
    {
        "invitee": One(
            ref=TeamProjectInvitation.team,
            value=TeamProjectInvitation.team / ResearchTeam.number,
            model="group",
            numbered=True,
            required=True,
        ),
        **_offered(TeamProjectInvitation),
    },
    spellings=("projectgroupmembershipinvitation",),
    does=("add", "delete"),
    actions=_ANSWERS,
)

_resource(
    "group_membership_invitation",
    "group_membership_invitations",
    "users",
    TeamInvitation,
    {
        "user_account_invitation": One(
            ref=TeamInvitation.invitee,
            value=TeamInvitation.invitee / ResearchUser.number,
            model="user",
            numbered=True,
        ),
        "email": Fact(value=TeamInvitation.email, most=254),
        "authgroup": One(
            ref=TeamInvitation.team,
            value=TeamInvitation.team / ResearchTeam.number,
            model="group",
            numbered=True,
            required=True,
        ),
        "new_manager": Fact(value=TeamInvitation.new_manager, kind="flag", unset=0),
        "new_owner": Fact(value=TeamInvitation.new_owner, kind="flag", unset=0),
    },
    spellings=("groupmembershipinvitation",),
    does=("add", "delete"),
    actions=_ANSWERS,
)

_resource(
    "group_membership_request",
    "group_membership_requests",
    "users",
    TeamRequest,
    {
        "user_account_request": One(
            ref=TeamRequest.user,
            value=TeamRequest.user / ResearchUser.number,
            model="user",
            numbered=True,
            read_only=True,
        ),
        "authgroup": One(
            ref=TeamRequest.team,
            value=TeamRequest.team / ResearchTeam.number,
            model="group",
            numbered=True,
            read_only=True,
        ),
    },
    spellings=("groupmembershiprequest",),
    does=("delete",),
    actions=("accept", "reject", "cancel"),
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


def _firm(of: type[Firm]) -> Attributes:
    facts = of.fields
    return {
        "name": _name(facts["name"], 500 if issubclass(of, Journal | JournalProposal) else 100),
        "description": Fact(value=facts["description"], most=2000, unset=""),
        "website": Fact(value=facts["website"], kind="url", most=200, unset=""),
    }


# What a proposer says is shown with the proposal.
_COMMENTS: Attributes = {"comments": Fact(most=2000, unset="", shown=False)}


def _url(of: type[Taxon]) -> Attributes:
    return {**_COMMENTS, "rrid_url": Fact(value=of.fields["rrid_url"], read_only=True)}


def _proposal(of: type[Proposal | FirmProposal]) -> Attributes:
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


# ---- suppliers, journals and publications


def _firms(name: str, app: str, of: type[Firm], proposal: type[FirmProposal]) -> None:
    _resource(name, f"{name}s", app, of, {**_firm(of), **_COMMENTS}, hidden={"tags": Tags()}, order=(of.name,))
    approval = f"{name}_approval"
    attributes = {**_firm(proposal), **_proposal(proposal)}
    spelt = (f"{name}approval",)
    _resource(approval, f"{approval}s", app, proposal, attributes, spellings=spelt, does=(), actions=_DECISIONS)


_firms("supplier", "resources", Supplier, SupplierProposal)
_firms("journal", "dissemination", Journal, JournalProposal)

_resource(
    "publication",
    "publications",
    "dissemination",
    Publication,
    {
        "title": _name(Publication.title, 200),
        "authors": _name(Publication.authors, 500),
        "journal": One(ref=Publication.journal, model="journal", required=True),
        "abstract": Fact(value=Publication.summary, required=True),
        "doi": Fact(value=Publication.doi, most=200, unset=""),
        "publication_url": Fact(value=Publication.publication_url, kind="url", most=300, unset=""),
        "pdf_url": Fact(value=Publication.pdf_url, kind="url", most=300, unset=""),
        "publication_date": Fact(value=Publication.publication_date, kind="date", required=True),
    },
    # Client 2.0.0 looks for publications by a name, which they have not.
    hidden={"name": Fact(value=Publication.title), "tags": Tags()},
    order=(Publication.title,),
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
    actions=("join", "leave"),
)

ADDRESSES: dict[tuple[str, str], Resource] = {
    (app, spelling): resource
    for resource in RESOURCES.values()
    for app in resource.apps
    for spelling in (resource.name, *resource.spellings)
}
"""Each resource by its app and name in the address."""

BY_RECORD: dict[type[Record], Resource] = {resource.of: resource for resource in RESOURCES.values()}
