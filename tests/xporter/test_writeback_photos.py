"""Photos Writeback."""

from __future__ import annotations

from base64 import b64encode

from .sending import Sender, without
from .tables import Tables

PNG = b64encode(b"\x89PNG\r\n\x1a\n" + b"invented").decode()
JPEG = b64encode(b"\xff\xd8\xff\xe0" + b"invented").decode()


def photo_of(sender: Sender, kind: str, person: str) -> list[tuple[str, str]]:
    """The id and the image of somebody's photo, if there is one."""
    return [(r["Id"], r["Photo"]) for r in sender.rows(f"Photos?PersonType={kind}&id={person}")]


def test_a_photo_is_replaced_under_its_own_id(sender: Sender):
    ((mis_id, _),) = photo_of(sender, "Student", "9919")
    first = sender.seen_from("Photos")
    sender.done("Photos", {"Photos": [{"PersonId": "9919", "PersonType": "Student", "Photo": JPEG}]})
    assert photo_of(sender, "Student", "9919") == [(mis_id, JPEG)]
    assert sender.one("Students/9919?includePhotos=true")["Photo"] == JPEG
    assert [(r["PersonId"], r["Photo"]) for r in sender.changes("Photos", first)["Photos"]] == [("9919", JPEG)]


def test_a_photo_is_removed_by_a_minus_and_put_in_under_an_id_of_its_own(sender: Sender):
    ((old, _),) = photo_of(sender, "Student", "9919")
    gone = {"Photos": [{"PersonId": -9919, "PersonType": "Student"}]}
    first = sender.seen_from("Photos")
    sender.done("Photos", gone)
    assert photo_of(sender, "Student", "9919") == []
    assert sender.changes("Photos", first)["Photos_deleted"] == [{"Id": f"Student.{old}"}]
    # Whether there was one is no news to an app that may not read photographs.
    sender.done("Photos", gone)
    sender.done("Photos", {"Photos": [{"PersonId": "9919", "PersonType": "student", "Photo": PNG}]})
    ((new, image),) = photo_of(sender, "Student", "9919")
    assert image == PNG
    assert new not in {
        r["Id"] for r in sender.rows("Photos") if r["PersonId"] != "9919" and r["PersonType"] == "Student"
    }


def test_a_member_of_staff_is_pictured_too(sender: Sender, small: Tables):
    pictured = {p["who"] for p in small.of("staff_photo")}
    someone = next(s["mis_id"] for s in small.staff("Current") if s["id"] not in pictured)
    sender.done("Photos", {"Photos": [{"PersonId": someone, "PersonType": "Staff", "Photo": PNG}]})
    assert [image for _, image in photo_of(sender, "Staff", someone)] == [PNG]


def test_what_is_read_can_be_sent_back_and_changes_nothing(sender: Sender):
    rows, before = sender.rows("Photos"), sender.writes()
    sender.done("Photos", {"Photos": rows})
    assert sender.writes() == before


def test_everything_that_is_wrong_is_told_at_once(sender: Sender):
    gif = b64encode(b"GIF89a").decode()
    large = b64encode(b"\xff\xd8\xff" + bytes(2 * 1024 * 1024)).decode()
    rows = [
        {"PersonId": "9919", "PersonType": "Student", "Photo": gif},
        {"PersonId": "9919", "PersonType": "Student", "Photo": large},
        {"PersonId": "0815", "PersonType": "Staff", "Photo": PNG},
        {"PersonId": "9919", "PersonType": "Cat", "Photo": "not base64!"},
        {"PersonType": "Staff"},
    ]
    assert sender.wrong("Photos", {"Photos": rows}) == [
        "Invalid PersonType provided: Cat",
        "Invalid Photo provided: not base64!",
        "Missing mandatory field PersonId",
        "Invalid Photo provided for StudentId: 9919",
        "Photo field max size limit (2097152) exceeded for StudentId: 9919",
        "Invalid StaffId: 0815",
        "Only write back one photo for StudentId: 9919",
    ]
    assert sender.wrong("Photos", {"Photos": []}) == ["Missing mandatory section Photos"]
    without_image = {"Photos": [{"PersonId": "9919", "PersonType": "Student"}]}
    assert sender.wrong("Photos", without_image) == ["Missing mandatory field Photo"]


def test_nobody_who_is_left_out_has_their_photo_replaced_or_removed(sender: Sender):
    photo, other = photo_of(sender, "Student", "9919"), without(sender, "Student", "9919")
    for person in ("9919", "-9919"):
        rows = [{"PersonId": person, "PersonType": "Student", "Photo": PNG}]
        assert other.wrong("Photos", {"Photos": rows}) == ["Invalid StudentId: 9919"]
    assert photo_of(sender, "Student", "9919") == photo


def test_one_wrong_photo_leaves_all_as_they_were(sender: Sender):
    before = sender.rows("Photos")
    rows = [{"PersonId": "9919", "PersonType": "Student", "Photo": PNG}, {"PersonId": "1", "PersonType": "Student"}]
    sender.wrong("Photos", {"Photos": rows})
    assert sender.rows("Photos") == before


def test_a_photographer_need_not_see_the_photographs_that_there_are(sender: Sender):
    other = Sender(sender.hub, ("WritebackPhotos",))
    assert other.done("Photos", {"Photos": [{"PersonId": "9919", "PersonType": "Student", "Photo": PNG}]}) == []
    assert other.hub.school("Photos", other.token)["ExceptionType"] == "ScopeNotHeld"
    reader = Sender(sender.hub, ("Photos",))
    assert reader.send("Photos", {"Photos": []})["ExceptionType"] == "ScopeNotHeld"
