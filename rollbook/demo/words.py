"""The words that invented people, streets and families are made of, for each country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import numbers


@dataclass(frozen=True)
class Locale:
    """What people of a country are called, where they live, and what is asked about them."""

    country: str
    boys: tuple[str, ...]
    girls: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str | None, str, str, str], ...]
    """Locality, town, county and the first half of the post code."""
    landline: Callable[[int], str]
    mobile: Callable[[int], str]
    office: Callable[[int], str]
    backgrounds: tuple[dict[str, Any], ...]
    """Facts that a family shares, as often as they are likely."""

    def forenames(self, gender: str) -> tuple[str, ...]:
        """Forenames for a gender; for those that are neither, of any kind."""
        return {"F": self.girls, "M": self.boys}.get(gender, self.girls + self.boys)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _names(stems: str, ends: str) -> tuple[str, ...]:
    return tuple(stem + end for end in ends.split() for stem in stems.split())


def _language(code: str, name: str) -> dict[str, str]:
    return {
        "home_language": name,
        "home_language_code": code,
        "first_language": name,
        "first_language_code": code,
    }


def _uk(ethnicity: str, language: str, born: str, religion: str, share: int) -> list[dict[str, Any]]:
    code, described = ethnicity.split(" ", 1)
    birth_code, nationality, identity, country = born.split(" ", 3)
    faith, faith_name = religion.split(" ", 1)
    facts = {
        "ethnicity_code": code,
        "ethnicity": described,
        **_language(*language.split(" ", 1)),
        "birth_country_code": birth_code,
        "nationality": nationality,
        "national_identity": identity,
        "birth_country": country,
        "religion_code": faith,
        "religion": faith_name,
    }
    return [facts] * share


def _us(races: str, hispanic: int, language: str, born: str, share: int) -> list[dict[str, Any]]:
    country, state, city, birth_country = born.split(" ", 3)
    facts = {
        "races": races,
        "hispanic": hispanic,
        **_language(*language.split(" ", 1)),
        "birth_country_code": country,
        "birth_country": birth_country,
        "birth_state": state if state != "-" else None,
        "birth_city": city,
    }
    return [facts] * share


_STEMS = (
    "Quill Moss Thistle Bramble Fern Hazel Otter Heron Larks Bracken Willow Clover Wren Badger Marsh Pebble "
    "Mallow Nettle Sorrel Rush Finch Plover Teasel Dormouse Acorn Lichen Puddle Hedge Mist Owl"
)
_ENDS = "grove feather wick shaw bottom combe thorpe whistle nook fold beck hollow croft worthy dapple stone"

GB = Locale(
    country="United Kingdom",
    boys=_words(
        """
        Graham Alfie Bertie Callum Dev Edmund Felix Gethin Harvey Idris Jasper Kofi Leo Malachi Noah
        Omar Piers Quentin Rafi Stanley Tobias Umar Vincent Wilfred Xander Yusuf Zachary Arlo
        Barnaby Caspian Dominic Ellis Fergus George Hugo Ivo Jonah Kit Lewis Milo
        """
    ),
    girls=_words(
        """
        Primrose Amelia Beatrix Clementine Daisy Edith Farah Gwen Harriet Imogen Jemima Kezia Lottie
        Maya Nell Olive Poppy Queenie Rosalind Saffron Tabitha Una Violet Winnie Xanthe Yasmin Zadie
        Ada Briony Cora Delphine Esme Flora Grace Hattie Iris Juno Keira Lyra Marnie
        """
    ),
    surnames=_names(_STEMS, _ENDS),
    streets=(
        "Winnow Road",
        "Lanthorn Lane",
        "Gorse Rise",
        "Ploughman's Row",
        "Kingfisher Close",
        "Old Orchard Way",
        "Tanner's Yard",
        "Damson Drive",
        "Skylark Avenue",
        "Millrace Street",
        "Cuckoo Crescent",
        "Furrow Terrace",
    ),
    towns=(
        (None, "Larkspur Vale", "Fenshire", "LK1"),
        ("Nether Bramble", "Larkspur Vale", "Fenshire", "LK2"),
        ("Upper Bramble", "Larkspur Vale", "Fenshire", "LK2"),
        ("Thornfield", "Mossbridge", "Fenshire", "LK4"),
        (None, "Mossbridge", "Fenshire", "LK5"),
        ("Heron Marsh", "Teasel-on-the-Wold", "Fenshire", "LK7"),
    ),
    landline=numbers.uk_landline,
    mobile=numbers.uk_mobile,
    office=numbers.uk_london,
    backgrounds=(
        *_uk("WENG White - English", "ENG English", "GB GBR English United Kingdom", "CH Christian", 26),
        *_uk("WENG White - English", "ENG English", "GB GBR British United Kingdom", "NO No Religion", 26),
        *_uk("WIRI White - Irish", "ENG English", "IE IRL Irish Ireland", "CH Christian", 2),
        *_uk("WOTH Any Other White Background", "POL Polish", "PL POL Polish Poland", "CH Christian", 6),
        *_uk("WOTH Any Other White Background", "ENG English", "GB GBR British United Kingdom", "JE Jewish", 2),
        *_uk("WROM Gypsy/Roma", "RME Romany/English Romanes", "RO ROU Other Romania", "OT Other Religion", 1),
        *_uk(
            "MWBC White and Black Caribbean",
            "ENG English",
            "GB GBR British United Kingdom",
            "NO No Religion",
            5,
        ),
        *_uk("MWAS White and Asian", "ENG English", "GB GBR British United Kingdom", "NO No Religion", 4),
        *_uk("AIND Indian", "PNJ Panjabi", "IN IND British India", "SI Sikh", 5),
        *_uk("AIND Indian", "GUJ Gujarati", "GB GBR British United Kingdom", "HI Hindu", 3),
        *_uk("APKN Pakistani", "URD Urdu", "GB GBR British United Kingdom", "MU Muslim", 7),
        *_uk("BCRB Black Caribbean", "ENG English", "GB GBR British United Kingdom", "CH Christian", 4),
        *_uk("BAFR Black - African", "SOM Somali", "SO SOM Other Somalia", "MU Muslim", 3),
        *_uk("CHNE Chinese", "CHI Chinese", "GB GBR British United Kingdom", "BU Buddhist", 2),
        *_uk("OOTH Any Other Ethnic Group", "ARA Arabic", "SY SYR Other Syria", "MU Muslim", 2),
        *_uk("OOTH Any Other Ethnic Group", "UKR Ukrainian", "UA UKR Other Ukraine", "CH Christian", 2),
    ),
)

US = Locale(
    country="United States",
    boys=_words(
        """
        Mason Carlos Ethan Tyrell Diego Logan Hunter Mateo Aiden Jamal Wyatt Luis Caleb Bodie Ezra
        Rafael Owen Santiago Levi Marcus
        """
    ),
    girls=_words(
        """
        Ava Marisol Harper Brianna Lucia Savannah Addison Ximena Chloe Jada Paisley Elena Madison
        Willa Naomi Camila Autumn Sierra Nova Isabel
        """
    ),
    surnames=_names(
        "Sage Mesa Coyote Canyon Agave Yucca Cactus Dusty Roadrunner Pinyon Adobe Tumble Quail Arroyo",
        "bloom horn rider ridge whistler wash boot lantern spur drift",
    ),
    streets=(
        "Jackrabbit Road",
        "Ocotillo Street",
        "Copper Wash Drive",
        "Tumbleweed Trail",
        "Palo Verde Loop",
    ),
    towns=(
        (None, "Juniper Flats", "Juniper County", "001"),
        ("Copper Wash", "Juniper Flats", "Juniper County", "001"),
        (None, "Pinyon Gap", "Juniper County", "002"),
    ),
    landline=numbers.us_phone,
    mobile=numbers.us_phone,
    office=numbers.us_phone,
    backgrounds=(
        *_us("white", 0, "eng English", "US NM Riverton United States", 9),
        *_us("white", 1, "spa Spanish", "US NM Riverton United States", 6),
        *_us("white", 1, "spa Spanish", "MX - Hidalgo Mexico", 2),
        *_us("americanIndianOrAlaskaNative", 0, "nav Navajo", "US AZ Pinyon United States", 3),
        *_us("blackOrAfricanAmerican", 0, "eng English", "US TX Dryden United States", 2),
        *_us("asian", 0, "vie Vietnamese", "US CA Fernley United States", 1),
        *_us("asian,white", 0, "eng English", "US CO Aspenwall United States", 1),
        *_us("nativeHawaiianOrOtherPacificIslander", 0, "eng English", "US HI Kahana United States", 1),
    ),
)
