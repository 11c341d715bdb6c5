"""Research at a sandbox: a researcher who is nobody, with a project of its pupils, for clients to be tried with."""

from __future__ import annotations

from contextlib import suppress

from ...errors import Malformed
from ...model.research import HUB, Project, ProjectMember
from ...store.kept.accounts import Account
from ...store.kept.sandboxes import Sandbox
from ..accounts import close_account, open_account
from ..sandboxes import researcher_of
from .desk import ResearchDesk
from .drawing import draw
from .places import Place
from .projects import Projects
from .standing import Caller, Portal, Role

KIND, COHORT = "RegGrp", "Form"
"""The kind of group of which the pupils of one are drawn, and what their cohort is called."""


def trial_token(research: ResearchDesk, one: Sandbox) -> str:
    """Another token of a sandbox's researcher, shown once; those before are void.

    Researcher and project are made where there are none. A form is drawn as far as the app asks for what that needs.
    """
    account = research.store.kept.accounts.by_email(researcher_of(one)) or _researcher(research, one)
    if one.id not in {project.id for project in research.projects()}:
        _begin(research, one, account)
    research.accounts.drop_tokens(account)
    return research.accounts.new_token(account, "sandbox")


def _researcher(research: ResearchDesk, one: Sandbox) -> Account:
    with research.store.write(HUB) as batch:
        return open_account(batch, researcher_of(one), {"first_name": "Sandbox", "last_name": one.estab})


def _begin(research: ResearchDesk, one: Sandbox, account: Account) -> None:
    """Make the project, which is bound to the sandbox by having its id, and draw a form into it."""
    with research.store.write(HUB) as batch:
        named = {"name": f"Sandbox {one.estab}", "description": "<p>Invented pupils</p>", "is_public": 0}
        batch.add(Project, [{"id": one.id, **named, "app": one.app}])
        batch.add(ProjectMember, [{"project": one.id, "user": account.id, **Place(Role.OWNER).flags}])
    district, school, _ = research.desk.schools.find(one.estab)
    today = research.desk.memory.today("UTC")
    group = research.store.kept.schools.largest_group(district, school, KIND, today) or ""
    with suppress(Malformed), research.writing(Caller(Portal.PRIVATE, account)) as work:
        draw(research.desk.readers, work, one.id, one.estab, group, COHORT)


def end_trial(research: ResearchDesk, one: Sandbox) -> None:
    """Take a sandbox's researcher away, and every project that they own."""
    account = research.store.kept.accounts.by_email(researcher_of(one))
    if account is None:
        return
    with research.writing(Caller(Portal.PRIVATE, account)) as work:
        for project, role in work.standing.roles.items():
            if role is Role.OWNER:
                Projects().remove(work, project)
        close_account(work.batch, account.id)
