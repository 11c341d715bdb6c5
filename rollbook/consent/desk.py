"""The desk where apps are admitted: its parts keep apps, schools and grants, and make readers and writers for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy

from ..store.port import Store
from .accounts import Accounts
from .agents import Agents
from .apps import Apps
from .authorising import Grants
from .choosing import Choosing
from .credentials import Credentials, Tickets
from .deciding import Deciding
from .definitions import Definitions
from .filtering import People
from .forgetting import Forgetting
from .identities import Identities
from .invitations import Invitations
from .known_schools import KnownSchools
from .memory import Memory
from .origins import Origins
from .overview import Overview
from .planning import Planning
from .readers import Readers
from .receipts import SCHOOL, Receipts
from .registering import Registrations
from .roles import Roles
from .sandboxes import Sandboxes
from .school_keys import SchoolKeys
from .schools import Schools
from .signing import Signing
from .signing_up import SignUps
from .sittings import Sittings
from .standing import StandingWith
from .tokens import Tokens
from .vocabulary import Vocabulary
from .writers import Writers


class Desk:
    """Admits apps to one store. It notices with the next request what another process changed."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, by: str = SCHOOL) -> None:
        """`by` is who changes consent at this desk, as receipts say it: a school by its link, or the operator."""
        self.store, self.clock = store, clock
        store.clock = clock
        self.memory = Memory(store, clock)
        self.accounts = Accounts(store, clock, self.memory.fresh)

        self.schools = Schools(store)
        self.vocabulary = Vocabulary(store, self.memory)
        self.definitions = Definitions(store)
        self.agents = Agents(store)

        self.apps = Apps(store)
        self.registrations = Registrations(store, self.apps)
        self.signing = Signing(store, clock)
        self.tokens = Tokens(store, clock, self.memory.passes)
        self.credentials = Credentials(store)
        self.tickets = Tickets(store, clock, self.memory.holders)
        self.school_keys = SchoolKeys(store, self.schools)

        self.sittings = Sittings(store, clock)
        self.roles = Roles(store, clock, self.accounts, self.schools, self.apps)
        self.forgetting = Forgetting(store, clock)
        self.identities = Identities(store, clock, self.roles)

        self.sign_ups = SignUps(clock, self.roles)

        self.invitations = Invitations(store, clock, self.schools)
        self.grants = Grants(store, clock, by, self.schools)
        self.planning = Planning(store, clock, by)
        self.sandboxes = Sandboxes(store, clock, self.registrations, self.grants, self.credentials)
        self.standing_with = StandingWith(self.registrations, self.grants, self.invitations, self.sandboxes)
        self.known_schools = KnownSchools(store, self.registrations)
        self.origins = Origins(store)
        self.people = People(store, by)
        self.receipts = Receipts(store)
        self.choosing = Choosing(store, by, self.memory, self.grants, self.people, self.receipts)

        self.overview = Overview(store, self.apps, self.grants, self.invitations, self.registrations, self.choosing)
        self.deciding = Deciding(self.grants, self.registrations, self.overview)

        self.readers = Readers(store, clock, self.memory)
        self.writers = Writers(store, self.readers)

    def on_behalf(self, by: str) -> Desk:
        """The same desk, at which somebody else decides: whoever the receipts are to name."""
        other = copy(self)
        other.grants = Grants(self.store, self.clock, by, self.schools)
        other.planning = Planning(self.store, self.clock, by)
        other.people = People(self.store, by)
        other.deciding = Deciding(other.grants, self.registrations, self.overview)
        other.choosing = Choosing(self.store, by, self.memory, other.grants, other.people, self.receipts)
        return other
