"""Erasing somebody whom documents name: what is about others stays, without them."""

from __future__ import annotations

from rollbook.ingest.erasing import erase, foretell
from tests.district import EdFi, assignment, staff
from tests.looking import look

from .school_year import ESTAB, write
from .test_named import HELP, person
from .test_writing import plain


def test_a_document_about_others_names_them_no_longer(api: EdFi) -> None:
    write(api, "staffs", "staffEducationOrganizationAssignmentAssociations")
    for unique in ("8002", "8003-Zyxomma"):
        api.post("staffs", staff(unique, "Ida"))
        api.post("staffEducationOrganizationAssignmentAssociations", assignment(unique, ESTAB))
    three = [{"staffReference": {"staffUniqueId": one}} for one in ("8003-Zyxomma", "8001", "8002")]
    helped = api.post("interventions", HELP | {"staffs": three})
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    gone = person(api.hub, "staff_unique_id", "8003-Zyxomma")
    district = look(api.hub.store, "SELECT district FROM person WHERE id = ?", (gone,)).get
    assert foretell(api.hub.store, district, gone).edited == {"interventions": 1}
    erase(api.hub.store, district, gone, by="test")
    assert plain(api.get(f"interventions/{helped}"))["staffs"] == three[1:]
    assert [one["id"] for one in api.get(f"interventions?minChangeVersion={since + 1}")] == [helped]
    (told,) = api.get(f"staffs/deletes?minChangeVersion={since + 1}")
    assert told["keyValues"] == {"staffUniqueId": "8003-Zyxomma"}
    # The others are still found where they are now: who goes next is cut out at their own place.
    erase(api.hub.store, district, person(api.hub, "staff_unique_id", "8002"), by="test")
    assert plain(api.get(f"interventions/{helped}"))["staffs"] == three[1:2]
