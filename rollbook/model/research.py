"""Research projects, who works on them, and the subjects that they study; a student is one by pseudonym only.

These records are the hub's own, in partition 0, and no school's: what guards them is the project.
"""

from __future__ import annotations

from ..fields import Code, Computed, Date, Flag, Key, Many, Number, Record, Ref, Text

HUB = 0
"""The partition of what belongs to the hub itself."""

SEXES = {"F": "Female", "M": "Male", "U": "Unknown"}

RRID_PAGES = "https://scicrunch.org/resolver/"
"""Where Research Resource Identifiers are looked up."""


# ---- researchers


class ResearchUser(Record, indexes=(("email",), ("number",)), natural=("email",)):
    """Somebody who works on research projects."""

    email = Text("The e-mail address that identifies the user in projects", "ada.fenn@research.example")
    number = Number("The number of the user", 16)
    first_name = Text("First name", "Ada")
    last_name = Text("Last name", "Fenn")
    website = Text("The user's website", "https://fenn.research.example")
    google_scholar = Text("The user's Google Scholar page", "https://scholar.google.com/citations?user=AAAAAAAAAAAJ")
    orcid_id = Text("The user's ORCID", "https://orcid.org/0000-0000-0000-0000")
    atlas_preference = Text("The brain atlas that the user prefers", "AIA")
    administrator = Flag(
        "Whether the user maintains the lists that all projects share, and has access to every project", 0
    )


class ResearchTeam(Record, indexes=(("name",), ("number",)), natural=("name",)):
    """A group of users, who all have the rights that a project gives the group."""

    number = Number("The number of the group", 48)
    name = Text("The name that identifies the group in projects", "Larkspur learning lab")


class TeamMember(Record, indexes=(("team", "user"), ("user",))):
    """A user's place in a group."""

    team = Ref("The group", ResearchTeam, part_of=True)
    user = Ref("The user", ResearchUser, part_of=True)
    is_manager = Flag("Whether the user may add and remove members", 0)
    is_owner = Flag("Whether the user may rename the group and name its managers", 0)


class TeamInvitation(Record, indexes=(("team", "invitee"), ("invitee",), ("email",))):
    """An invitation to join a group, until it is answered."""

    team = Ref("The group", ResearchTeam, part_of=True)
    invitee = Ref("Who is invited, where that is a user", ResearchUser, part_of=True)
    email = Text("The e-mail address that is invited, where it was no user's", "eli.moss@research.example")
    last_day = Date("The last day, in UTC, on which it may be accepted", "2026-12-20")
    inviter = Ref("Who invites", ResearchUser)
    new_manager = Flag("Whether the invited may add and remove members", 0)
    new_owner = Flag("Whether they may rename the group and name its managers as well", 0)


class TeamRequest(Record, indexes=(("team", "user"), ("user",))):
    """A user's request to join a group, until it is answered."""

    team = Ref("The group", ResearchTeam, part_of=True)
    user = Ref("Who asks", ResearchUser, part_of=True)


# ---- projects


class Project(Record, indexes=(("name",),), natural=("name",)):
    """A piece of research and everything that belongs to it; the people who work on it see nothing else."""

    name = Text("The unique name of the project", "Reading aloud 2026")
    description = Text("What the project is about, as rich text", "<p>How reading aloud helps</p>")
    extra_fields = Text("Other notes by the project's members, as a JSON object", '{"ethics": "2026-001"}')
    is_public = Flag("Whether anybody may read the project", 0)
    app = Text("The hub id of the app whose grants say which students may stand behind subjects")
    last_day = Date("The last day, in UTC, on which students may stand behind subjects", "2027-07-31")


class ProjectMember(Record, indexes=(("project", "user"), ("project", "team"), ("user",), ("team",))):
    """What a user, or every member of a group, may do in a project; all of them may read it."""

    project = Ref("The project", Project, part_of=True)
    user = Ref("The user, unless it is a group", ResearchUser, part_of=True)
    team = Ref("The group, unless it is a user", ResearchTeam, part_of=True)
    can_change = Flag("Whether they may make, change and delete what belongs to the project", 1)
    is_manager = Flag("Whether they may add and remove members as well", 0)
    is_owner = Flag("Whether they may change the project itself as well", 0)


class PublishedCounts(Record, indexes=(("project",),)):
    """How many students a project studies, as its owner published it; it stays as it was on that day."""

    project = Ref("The project", Project, part_of=True)
    publisher = Ref("Who published it", ResearchUser)
    published_on = Date("The day on which it was published, in UTC", "2026-11-20")
    smallest = Number("The fewest students that anything could be told of when it was published", 10)
    counts = Text("The numbers, as a JSON object", '{"students": 57, "parts": [], "cohorts": []}')
    # Neither is shown by anything: they say how long the numbers may be shown.
    subjects = Text("The hub ids of the subjects that were counted, as a JSON list", "[]")
    grants = Text("The hub ids of the grants under which they were counted, as a JSON list", "[]")


class CountedStudent(Record, indexes=(("of_student",),)):
    """A student who was ever counted in public, and those from whom nothing that was published sets them apart.

    It stays when a project or its numbers go: what was published can be remembered by anybody.
    """

    of_district = Number("The district number of the student", 1)
    of_student = Text("The hub id of the student", "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f")
    lot = Number("The number that those have who cannot be told from each other", 1)


class ProjectInvitation(Record, indexes=(("project", "invitee"), ("invitee",), ("email",))):
    """An invitation to work on a project, until it is answered."""

    project = Ref("The project", Project, part_of=True)
    invitee = Ref("Who is invited, where that is a user", ResearchUser, part_of=True)
    email = Text("The e-mail address that is invited, where it was no user's", "eli.moss@research.example")
    last_day = Date("The last day, in UTC, on which it may be accepted", "2026-12-20")
    inviter = Ref("Who invites", ResearchUser)
    can_change = Flag("Whether the invited may make, change and delete what belongs to the project", 1)
    manage_project = Flag("Whether they may add and remove members as well", 0)
    own_project = Flag("Whether they may change the project itself as well", 0)


class TeamProjectInvitation(Record, indexes=(("project", "team"), ("team",))):
    """An invitation of a whole group to work on a project, until somebody who manages the group answers it."""

    project = Ref("The project", Project, part_of=True)
    team = Ref("The group that is invited", ResearchTeam, part_of=True)
    last_day = Date("The last day, in UTC, on which it may be accepted", "2026-12-20")
    inviter = Ref("Who invites", ResearchUser)
    can_change = Flag("Whether its members may make, change and delete what belongs to the project", 1)
    manage_project = Flag("Whether they may add and remove members as well", 0)
    own_project = Flag("Whether they may change the project itself as well", 0)


# ---- what subjects are


class Taxon(Record, abstract=True):
    """An entry in a list that all projects share."""

    name = Text("Its name, unique in the list", "Homo sapiens")
    description = Text("What it is", "")
    rrid = Text("Its Research Resource Identifier", "RRID:IMSR_JAX:000664")
    rrid_url = Computed("Where its identifier is looked up", f"{RRID_PAGES}RRID:IMSR_JAX:000664", Key(RRID_PAGES, rrid))
    external_identifiers = Text("Its ids in other systems, as JSON", "[]")


class Proposed(Record, abstract=True):
    """What is known of a change to a list that all projects share, until an administrator has decided."""

    instance = Text("The hub id of the entry to change; none for a new one")
    action = Code("What is proposed", "Add", {"Add": "A new one", "Change": "A change to one"})
    status = Code("What was decided", "Pending", {"Pending": "Nothing yet", "Accepted": "Yes", "Rejected": "No"})
    comments = Text("Why, in the proposer's words", "Used in the reading study")
    proposer = Ref("Who proposes it", ResearchUser)
    reviewer = Ref("Who decided", ResearchUser)


class Proposal(Proposed, Taxon, abstract=True):
    """A change to a list of species or strains."""


class Species(Taxon, indexes=(("name",),), natural=("name",)):
    """A species that subjects belong to."""


class Strain(Taxon, indexes=(("name",), ("species",)), natural=("name",)):
    """A strain of a species."""

    species = Ref("The species", Species)


class SpeciesProposal(Proposal, indexes=(("name",), ("proposer",))):
    """A species that somebody wants in the list, or a change to one."""


class StrainProposal(Proposal, indexes=(("name",), ("proposer",))):
    """A strain that somebody wants in the list, or a change to one."""

    species = Ref("The species", Species)


class Firm(Record, abstract=True):
    """An entry in a list that all projects share, of somebody who has a website."""

    name = Text("Its name, unique in the list", "Fenland Animal Supplies")
    description = Text("What it is", "")
    website = Text("Its website", "https://fenland-animals.example")


class FirmProposal(Proposed, Firm, abstract=True):
    """A change to a list of suppliers or journals."""


class Supplier(Firm, indexes=(("name",),), natural=("name",)):
    """Whoever subjects are bought from."""


class SupplierProposal(FirmProposal, indexes=(("name",), ("proposer",))):
    """A supplier that somebody wants in the list, or a change to one."""


class Journal(Firm, indexes=(("name",),), natural=("name",)):
    """A journal that publications appear in."""


class JournalProposal(FirmProposal, indexes=(("name",), ("proposer",))):
    """A journal that somebody wants in the list, or a change to one."""


# ---- publications


class Publication(Record, indexes=(("title",), ("journal",))):
    """An article about research; every project may name it."""

    title = Text("The title", "How mice learn a maze in a barn")
    authors = Text("Who wrote it", "Fenn A, Okoro B")
    journal = Ref("The journal in which it appears", Journal)
    summary = Text("What it says, in short", "Mice that are used to straw find the way sooner.")
    doi = Text("Its Digital Object Identifier", "10.5555/barn.2026.1")
    publication_url = Text("Where it is read", "https://journal.example/barn/1")
    pdf_url = Text("Where it is read as a PDF", "https://journal.example/barn/1.pdf")
    publication_date = Date("The day on which it appeared", "2026-11-02")
    adder = Ref("Who added it, and may change it", ResearchUser)


class ProjectPublication(Record, indexes=(("project", "position"), ("publication",))):
    """A publication that a project names."""

    project = Ref("The project", Project, part_of=True)
    publication = Ref("The publication", Publication, part_of=True)
    position = Number("Its place among the publications of the project, from 0", 0)


# ---- subjects and cohorts


class ResearchSubject(
    Record, indexes=(("name",), ("strain",), ("of_student",)), natural=("name",), behind="of_student"
):
    """Somebody or something that is studied. One that stands for a student exists only while the school agrees."""

    name = Text("The unique name of the subject; a pseudonym, if it stands for a student", "S-7K2Q9M")
    description = Text("What the subject is, as rich text", "")
    sex = Code("Sex", "U", SEXES)
    strain = Ref("The strain", Strain)
    genetic_line = Text("The genetic line", "Wild type")
    subject_identifier = Text("An id that the subject has elsewhere, such as an ear tag", "A1234")
    birth_date = Date("Date of birth", "2023-03-22")
    death_date = Date("Date of death", "2024-03-25")
    extra_fields = Text("Other notes by the project's members, as a JSON object", '{"weight": 25}')
    name_used_in_storage = Text("The name that the subject has where its data are kept", "M01_2026")
    supplier = Ref("Whom the subject was bought from", Supplier)
    # Neither is shown by anything: who a subject is stays in the hub.
    of_district = Number("The district number of the student it stands for", 1)
    of_student = Text("The hub id of the student it stands for", "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f")


class SubjectProject(Record, indexes=(("subject", "project"), ("project",))):
    """A subject's place in a project."""

    subject = Ref("The subject", ResearchSubject, part_of=True)
    project = Ref("The project", Project, part_of=True)


class ResearchCohort(Record, indexes=(("project", "name"),), natural=("name", "project.name")):
    """An ordered set of a project's subjects that are studied together."""

    name = Text("The name of the cohort, unique in the project", "Year 9, autumn")
    project = Ref("The project", Project, part_of=True)
    description = Text("What the subjects have in common, as rich text", "")


class CohortSubject(Record, indexes=(("cohort", "position"), ("subject",))):
    """A subject's place in a cohort."""

    cohort = Ref("The cohort", ResearchCohort, part_of=True)
    subject = Ref("The subject", ResearchSubject, part_of=True)
    position = Number("Its place among the subjects of the cohort, from 0", 0)


# ---- what is done with subjects


class Procedure(Record, indexes=(("subject",),)):
    """What was done to a subject once, such as an implant or an injection."""

    subject = Ref("The subject", ResearchSubject, part_of=True)
    type = Text("What kind of procedure it is", "OpticFiberImplant")
    notes = Text("Notes", "bilateral implant")
    date_time = Text("When, in UTC", "2026-09-14T09:30:00.000000Z")
    details = Text("What else is known of a procedure of this kind, as a JSON object", '{"fiberTipShape": "flat"}')
    coordinates_system = Text("How its place in the brain is told", "Stereotaxic_BregmaAbsolute")
    coordinates_details = Text("Its place in the brain, as a JSON object", '{"apCoordinate": -2.5}')


class SubjectLog(Record, indexes=(("subject",),)):
    """What is measured or done again and again with a subject, such as its weight."""

    subject = Ref("The subject", ResearchSubject, part_of=True)
    type = Text("What is kept in it", "Weighing")
    description = Text("What it is kept for", "Weight before each session")
    keeper = Ref("Who began it", ResearchUser)


class LogEntry(Record, indexes=(("log", "began"),)):
    """A line of a subject's log."""

    log = Ref("The log", SubjectLog, part_of=True)
    began = Text("When, in UTC; of what lasted, its beginning", "2026-09-14T08:05:00.000000Z")
    ended = Text("The end of what lasted", "2026-09-15T08:00:00.000000Z")
    notes = Text("Notes", "before the first run")
    details = Text("What was measured or done, as a JSON object", '{"weight": 24.5}')


# ---- sessions and collections


class ResearchSession(Record, indexes=(("name",),), natural=("name",)):
    """A time at which an experiment was made."""

    name = Text("The unique name of the session", "Barn maze, day 1")
    description = Text("What happened, as rich text", "<p>First run</p>")
    date_time = Text("When it began, in UTC", "2026-09-14T09:30:00.000000Z")
    extra_fields = Text("Other notes by the project's members, as a JSON object", '{"room": "B115"}')
    download_links = Text(
        "Where its data are shared, as a JSON list",
        '[{"repository": "Zenodo", "url": "https://zenodo.example/barn"}]',
    )
    name_used_in_storage = Text("The name that the session has where its data are kept", "barn_01")


class SessionProject(Record, indexes=(("session", "project"), ("project",))):
    """A session's place in a project."""

    session = Ref("The session", ResearchSession, part_of=True)
    project = Ref("The project", Project, part_of=True)


class ResearchCollection(Record, indexes=(("project", "name"),), natural=("name", "project.name")):
    """An ordered set of a project's sessions that are looked at together."""

    name = Text("The name of the collection, unique in the project", "First week")
    project = Ref("The project", Project, part_of=True)
    description = Text("What the sessions have in common, as rich text", "")


class CollectionSession(Record, indexes=(("collection", "position"), ("session",))):
    """A session's place in a collection."""

    collection = Ref("The collection", ResearchCollection, part_of=True)
    session = Ref("The session", ResearchSession, part_of=True)
    position = Number("Its place among the sessions of the collection, from 0", 0)


class ResearchTag(Record, indexes=(("project",), ("subject",), ("cohort",), ("session",), ("collection",), ("name",))):
    """A word used to find a project, a subject, a cohort, a session or a collection."""

    name = Text("The word", "reading")
    position = Number("Its place among the words, from 0", 0)
    project = Ref("The project that has it", Project, part_of=True)
    subject = Ref("The subject that has it", ResearchSubject, part_of=True)
    cohort = Ref("The cohort that has it", ResearchCohort, part_of=True)
    session = Ref("The session that has it", ResearchSession, part_of=True)
    collection = Ref("The collection that has it", ResearchCollection, part_of=True)


team_members = Many("The members of a group", TeamMember.team)
user_teams = Many("The groups of a user", TeamMember.user)
teams_owned = Many("The groups that a user owns", TeamMember.user, where=TeamMember.is_owner.is_(1))
project_users = Many("The users of a project", ProjectMember.project, where=ProjectMember.user.known())
project_teams = Many("The groups of a project", ProjectMember.project, where=ProjectMember.team.known())
user_projects = Many("The projects that name a user", ProjectMember.user)
project_subjects = Many("The subjects of a project", SubjectProject.project)
project_cohorts = Many("The cohorts of a project", ResearchCohort.project)
subject_projects = Many("The projects of a subject", SubjectProject.subject)
cohort_subjects = Many("The subjects of a cohort", CohortSubject.cohort)
project_tags = Many("The tags of a project", ResearchTag.project)
subject_tags = Many("The tags of a subject", ResearchTag.subject)
cohort_tags = Many("The tags of a cohort", ResearchTag.cohort)
project_sessions = Many("The sessions of a project", SessionProject.project)
project_collections = Many("The collections of a project", ResearchCollection.project)
project_publications = Many("The publications of a project", ProjectPublication.project)
session_projects = Many("The projects of a session", SessionProject.session)
session_tags = Many("The tags of a session", ResearchTag.session)
collection_sessions = Many("The sessions of a collection", CollectionSession.collection)
collection_tags = Many("The tags of a collection", ResearchTag.collection)
subject_procedures = Many("The procedures of a subject", Procedure.subject)
subject_logs = Many("The logs of a subject", SubjectLog.subject)
log_entries = Many("The lines of a log", LogEntry.log)
