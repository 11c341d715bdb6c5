"""What BrainSTEM's own Python clients do with a hub; plain functions that take the client, and need nothing of ours.

Each leaves the hub as it found it, but for strains that wait for approval. `tag` makes the names its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Client = Any

MANY = 150
"""More than the 100 that one answer holds."""


def _made(answer: Any) -> Any:
    assert answer.status_code == 201, answer.text
    return next(iter(answer.json().values()))


def _told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


# ---- brainstem_python_api_tools 2.0.0: BrainstemClient(token=..., url="http://127.0.0.1:PORT/")


def cohort_life(client: Client, tag: str) -> None:
    """A project with subjects and a cohort: made, found, changed, deleted."""
    project = _made(client.save("project", data={"name": f"Maze {tag}", "description": "from a client"}))
    strain = _told(client.load_strain(name="C57BL"))["strains"][0]
    body = {"sex": "F", "strain": strain["id"], "projects": [project["id"]]}
    mice = [_made(client.save("subject", data={"name": f"{tag} {n}", **body})) for n in (1, 2)]
    ids = [m["id"] for m in mice]
    made = _made(client.save("cohort", data={"name": f"2024 {tag}", "project": project["id"], "subjects": ids[::-1]}))
    found = client.load(
        "cohort",
        filters={"name.icontains": f"2024 {tag}".upper(), "project.id": project["id"]},
        sort=["-name"],
        include=["subjects"],
        limit=2,
        offset=0,
    )
    page = _told(found)
    assert page["cohorts"] == [made]
    assert [s["id"] for s in page["subjects"]] == ids[::-1]
    assert (page["count"], page["meta"]["total_results"]) == (1, 1)
    assert _told(client.load("cohort", id=made["id"])) == {"cohort": made}
    changed = _told(client.save("cohort", id=made["id"], data={"name": f"New {tag}", "subjects": ids}))
    assert changed["cohort"] == {**made, "name": f"New {tag}", "subjects": ids}
    wrong = client.save("cohort", data={"name": "", "subjects": ["x"]})
    assert wrong.status_code == 400
    assert set(wrong.json()) == {"name", "project", "subjects"}
    assert client.delete("cohort", id=made["id"]).status_code == 204
    assert client.load("cohort", id=made["id"]).status_code == 404
    assert client.delete("project", id=project["id"]).status_code == 204
    assert client.load("subject", id=ids[0]).status_code == 404


def every_page(client: Client, tag: str) -> None:
    """`load_all` gathers what takes several pages, with subjects included beside the cohorts."""
    project = _made(client.save("project", data={"name": f"Many {tag}"}))
    for n in range(MANY):
        _made(client.save("cohort", data={"name": f"{tag} {n:03}", "project": project["id"]}))
    combined = client.load_cohort(name=tag, load_all=True)
    assert [c["name"] for c in combined["cohorts"]] == [f"{tag} {n:03}" for n in range(MANY)]
    assert combined["count"] == MANY
    small = client.load("cohort", filters={"name.startswith": tag}, sort=["-name"], limit=40, load_all=True)
    assert [c["name"] for c in small["cohorts"]] == [f"{tag} {n:03}" for n in reversed(range(MANY))]
    assert client.delete("project", id=project["id"]).status_code == 204


def convenience_loaders(client: Client, tag: str) -> None:
    """Each loader with all that it can filter by, and with what it includes by itself."""
    project = _made(client.save("project", data={"name": f"Load {tag}", "tags": [tag]}))
    strain = _told(client.load_strain(name="C57BL"))["strains"][0]
    body = {"name": f"{tag} M", "sex": "M", "strain": strain["id"], "projects": [project["id"]], "tags": [tag]}
    mouse = _made(client.save("subject", data=body))
    cohort = _made(client.save("cohort", data={"name": tag, "project": project["id"], "subjects": [mouse["id"]]}))
    projects = _told(client.load_project(name=tag, subjects=mouse["id"], tags=tag))
    assert [p["id"] for p in projects["projects"]] == [project["id"]]
    assert ([s["id"] for s in projects["subjects"]], [c["id"] for c in projects["cohorts"]]) == (
        [mouse["id"]],
        [cohort["id"]],
    )
    assert (projects["sessions"], projects["collections"]) == ([], [])
    assert _told(client.load_project(sessions=mouse["id"]))["projects"] == []
    subjects = client.load_subject(name=tag, projects=project["id"], strain=strain["id"], sex="M", tags=tag)
    assert [s["id"] for s in _told(subjects)["subjects"]] == [mouse["id"]]
    species = _told(client.load_species(name="mus"))["species"]
    assert strain["species"] in [s["id"] for s in species]
    assert strain in _told(client.load_strain(species=strain["species"]))["strains"]
    assert _told(client.load_species(tags=tag))["species"] == []
    assert _told(client.load_cohort(id=cohort["id"]))["cohort"] == cohort
    assert client.delete("project", id=project["id"]).status_code == 204


def invitation(client: Client, other: Client, tag: str) -> None:
    """Somebody is invited, accepts, and leaves; `other` is another user's client, with an e-mail address of its own."""
    project = _made(client.save("project", data={"name": f"Join {tag}"}))
    mine = {u["id"] for u in client.load("user", load_all=True)["users"]}
    emails = set(_told(client.load("project", id=project["id"]))["project"]["users"])
    invitee = next(
        u for u in other.load("user", load_all=True)["users"] if u["id"] in mine and u["email"] not in emails
        and _is_mine(other, u["id"])
    )  # fmt: skip
    data = {"project": project["id"], "invitee": invitee["id"], "can_change": True}
    made = _made(client.save("project_membership_invitation", data=data))
    assert other.load("project", id=project["id"]).status_code == 404
    accepted = other.load("project_membership_invitation", id=made["id"], options="accept")
    assert _told(accepted)["project_membership_invitation"] == made
    users = _told(other.load("project", id=project["id"]))["project"]["users"]
    assert users[invitee["email"]] == {"can_change": True, "is_manager": False, "is_owner": False}
    assert client.delete("project", id=project["id"]).status_code == 204


def _is_mine(client: Client, user: int) -> bool:
    # Everybody may change their own profile only.
    return client.save("user", id=str(user), data={}).status_code == 200


def public_portal(client: Client, tag: str) -> None:
    """What is published is read in the public portal, and not written there."""
    project = _made(client.save("project", data={"name": f"Open {tag}", "is_public": True}))
    found = _told(client.load("project", portal="public", filters={"name": f"Open {tag}"}))
    assert [p["id"] for p in found["projects"]] == [project["id"]]
    assert found["meta"]["total_results"] == 1
    assert client.save("project", portal="public", data={"name": "x"}).status_code == 405
    assert client.delete("project", id=project["id"]).status_code == 204
    assert client.load("project", portal="public", id=project["id"]).status_code == 404


def lists(client: Client, tag: str) -> None:
    """A new strain waits for approval."""
    species = _told(client.load("species"))["species"][0]
    answer = client.save("strain", data={"name": f"Strain {tag}", "species": species["id"], "comments": "please"})
    assert answer.status_code == 201
    approval = answer.json()["strain_approval"]
    assert approval["status"] == "Pending"
    found = _told(client.load("strainapproval", id=approval["id"]))
    assert found == {"strain_approval": approval}
    assert client.save("strainapproval", id=approval["id"], options="accept").status_code == 403


SCENARIOS: tuple[Callable[[Client, str], None], ...] = (
    cohort_life,
    every_page,
    convenience_loaders,
    public_portal,
    lists,
)
"""What takes one client of version 2.0.0."""


# ---- brainstem_python_api_tools 0.2.0: BrainstemClient(token), then client._address = "http://127.0.0.1:PORT/api/"


def old_cohort_life(client: Client, tag: str) -> None:
    """The same life in the words of the client that the documentation shows."""
    project = _made(client.save_model("project", data={"name": f"Old {tag}"}))
    strain = _told(client.load_model("strain", filters={"name.icontains": "c57"}))["strains"][0]
    body = {"name": f"old {tag}", "sex": "U", "strain": strain["id"], "projects": [project["id"]]}
    mouse = _made(client.save_model("subject", data=body))
    made = _made(client.save_model("cohort", data={"name": tag, "project": project["id"], "subjects": [mouse["id"]]}))
    found = client.load_model("cohort", filters={"name.icontains": tag}, sort=["name"], include=["subjects"])
    page = _told(found)
    assert (page["cohorts"], [s["id"] for s in page["subjects"]]) == ([made], [mouse["id"]])
    changed = _told(client.save_model("cohort", id=made["id"], data={"name": f"{tag} 2"}))
    assert changed["cohort"] == {**made, "name": f"{tag} 2"}
    assert _told(client.load_model("cohort", id=made["id"])) == changed
    assert _told(client.load_model("projectmembershipinvitation"))["count"] == 0
    assert client.delete_model("cohort", id=made["id"]).status_code == 204
    assert client.load_model("cohort", id=made["id"]).status_code == 404
    assert client.delete_model("project", id=project["id"]).status_code == 204


OLD_SCENARIOS: tuple[Callable[[Client, str], None], ...] = (old_cohort_life,)
"""What takes one client of version 0.2.0."""
