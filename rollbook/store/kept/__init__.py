"""Named operations on what is kept: each subject has a class of its own.

Nobody above the store writes a statement or holds a connection; they ask for what they need by these names.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

from ..connection import Connection
from ..hub_ids import HubIds
from ..lasting import Lasting, Tables
from ..numbers import Numbers
from ..plan.flavour import Flavour
from .accounts import Accounts
from .agents import Agents
from .apps import Apps
from .asides import Asides
from .authenticators import Authenticators
from .candidates import Candidates
from .choices import Choices
from .chosen import Chosen
from .condition import Condition
from .copies import Copies
from .credentials import Credentials
from .databases import Databases
from .decisions import Decisions
from .devices import Devices
from .erasures import Erasures
from .feeds import Feeds
from .grants import Grants
from .history import History
from .identities import Identities
from .invitations import Invitations
from .jobs import Jobs
from .matches import Matches
from .orders import Orders
from .outbox import Outbox
from .people import People
from .planned import Plannings
from .plans import Plans
from .pointers import Pointers
from .projects import Projects
from .published import Published
from .pulls import Pulls
from .receipts import Receipts
from .records import Records
from .research import Research
from .retention import Retention
from .roles import Roles
from .rolls import Rolls
from .sandboxes import Sandboxes
from .sayings import Sayings
from .schools import Schools
from .sent_away import SentAway
from .sessions import Sessions
from .settings import Settings
from .snapshots import Snapshots
from .sources import Sources
from .standings import Standings
from .statements import Statements
from .subjects import Subjects
from .subscriptions import Subscriptions
from .tasks import Tasks
from .taxa import Taxa
from .teams import Teams
from .tickets import Tickets
from .tokens import Tokens
from .traces import Traces
from .visits import Visits

Found = TypeVar("Found")


class Kept:
    """What is kept for good, over one connection: of its moment, or within its transaction."""

    def __init__(
        self,
        connection: Connection,
        clock: Callable[[], float],
        hub_ids: HubIds,
        numbers: Callable[[Connection, int], Numbers] = Numbers,
        lasting: Lasting | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._hub_ids = hub_ids
        self.numbers = numbers
        """What numbers the writes of a transaction to a district."""
        self.lasting = lasting
        """What is known from transactions before, where anything is."""
        self.renamed = False
        """Whether a school or a district was made, changed or deleted: grants tell of those they are of."""
        self.veiled = False
        """Whether a record was veiled: who reads the hub looks for veils only where there are any."""

    @property
    def connection(self) -> Connection:
        """The connection, for the files of the store only."""
        return self._connection

    @property
    def flavour(self) -> Flavour:
        """How the database says what not all say alike: questions are compiled for it."""
        return self._connection.flavour

    def of_district(self, district: int) -> Kept:
        """The same for what is read of another district, where a wall stands between them."""
        return self

    def for_somebody(self, district: int) -> Kept:
        """The same for what somebody is shown, at the same moment: records of a district, where a database has a wall.

        From then on nothing else is read at this moment, such as grants and what is kept beside them.
        """
        return self

    def once(self, key: object, tables: Tables, make: Callable[[], Found]) -> Found:
        """What is read of some tables; it may be known already. Nobody changes it."""
        return make() if self.lasting is None else self.lasting.get(key, tables, make)

    def moved(self, table: str) -> None:
        """A table of records was written to."""
        if self.lasting is not None:
            self.lasting.moved(table)

    def forget(self) -> None:
        """Whatever is known from before may be otherwise now."""
        if self.lasting is not None:
            self.lasting.forget()

    def settle(self) -> bool:
        """Write down, at the end of a transaction, whether who is admitted and what is granted may be otherwise now.

        Tells whether what anybody may see may be otherwise: nobody else is to decide by what was before.
        """
        changed = [one for one in vars(self).values() if isinstance(one, Statements) and one.changed]
        turned = self.renamed or any(one.admits for one in changed)
        if any(not isinstance(one, Pointers) for one in changed):
            self.forget()
        if turned:
            self.settings.turn()
        return turned or self.veiled

    @contextmanager
    def attempt(self) -> Generator[None]:
        """What is changed within is undone when it raises, while the transaction around it goes on."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO attempt")
            self.forget()
            self._connection.execute("RELEASE attempt")
            raise
        self._connection.execute("RELEASE attempt")

    @cached_property
    def planned(self) -> Plannings:
        """Decisions about grants for later."""
        return Plannings(self._connection, self._clock)

    @cached_property
    def plans(self) -> Plans:
        """Compiled questions, asked."""
        return Plans(self._connection, self._hub_ids, self.lasting)

    @cached_property
    def records(self) -> Records:
        """Records of a district as they are stored, whoever may see them."""
        return Records(self._connection, self.lasting)

    @cached_property
    def people(self) -> People:
        """Humans and the roles that they have or had, and those who wait for one."""
        return People(self._connection)

    @cached_property
    def apps(self) -> Apps:
        """Apps, what they registered, and the districts that they made."""
        return Apps(self._connection, self._clock)

    @cached_property
    def grants(self) -> Grants:
        """What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""
        return Grants(self._connection, self._clock)

    @cached_property
    def choices(self) -> Choices:
        """Whom schools let apps see, as they and the apps said it, and what schools are choosing now."""
        return Choices(self._connection, self._clock)

    @cached_property
    def chosen(self) -> Chosen:
        """Whom grants see, as it was worked out, and who was let in or left out."""
        return Chosen(self._connection)

    @cached_property
    def candidates(self) -> Candidates:
        """People of schools as those who choose among them know them."""
        return Candidates(self._connection)

    @cached_property
    def rolls(self) -> Rolls:
        """The rolls of schools: groups, and who is in them on which days."""
        return Rolls(self._connection)

    @cached_property
    def invitations(self) -> Invitations:
        """What schools are asked by apps, by e-mail, and how they answered."""
        return Invitations(self._connection)

    @cached_property
    def credentials(self) -> Credentials:
        """Keys of apps and of schools, kept as digests."""
        return Credentials(self._connection, self._clock)

    @cached_property
    def sandboxes(self) -> Sandboxes:
        """Schools of invented people that apps try themselves on."""
        return Sandboxes(self._connection)

    @cached_property
    def receipts(self) -> Receipts:
        """What schools were given in writing of each decision."""
        return Receipts(self._connection, self._clock)

    @cached_property
    def agents(self) -> Agents:
        """School agents, and the schools whose records they bring."""
        return Agents(self._connection)

    @cached_property
    def schools(self) -> Schools:
        """Districts, schools and the words of standards, as far as others than readers need them."""
        return Schools(self._connection)

    @cached_property
    def copies(self) -> Copies:
        """Records copied whole, or as far as they have changed."""
        return Copies(self._connection)

    @cached_property
    def asides(self) -> Asides:
        """What of each source is set aside."""
        return Asides(self._connection)

    @cached_property
    def sources(self) -> Sources:
        """What each source said last, when it was read, and what was refused."""
        return Sources(self._connection)

    @cached_property
    def sayings(self) -> Sayings:
        """What is said of records that several sources know, or that the hub itself has overwritten."""
        return Sayings(self._connection)

    @cached_property
    def matches(self) -> Matches:
        """Which records may be those that a source tells of, and what people decided of it."""
        return Matches(self._connection)

    @cached_property
    def condition(self) -> Condition:
        """In what condition the records are."""
        return Condition(self._connection)

    @cached_property
    def feeds(self) -> Feeds:
        """A district's sources by name: how each is read, what it may say, and what came of its last readings."""
        return Feeds(self._connection)

    @cached_property
    def accounts(self) -> Accounts:
        """People who sign in, and their passwords."""
        return Accounts(self._connection)

    @cached_property
    def authenticators(self) -> Authenticators:
        """The authenticator apps of people who sign in, and what lets them in without."""
        return Authenticators(self._connection)

    @cached_property
    def identities(self) -> Identities:
        """Accounts elsewhere that people sign in with, and what an address there lets them do."""
        return Identities(self._connection, self._clock)

    @cached_property
    def roles(self) -> Roles:
        """What people who sign in may do, and the links by which they come to it."""
        return Roles(self._connection, self._clock)

    @cached_property
    def decisions(self) -> Decisions:
        """What people decided."""
        return Decisions(self._connection, self._clock)

    @cached_property
    def research(self) -> Research:
        """Names and numbers of research records, references to them, and their tags."""
        return Research(self._connection)

    @cached_property
    def projects(self) -> Projects:
        """Projects of research, and who has a place in them."""
        return Projects(self._connection)

    @cached_property
    def teams(self) -> Teams:
        """Groups that users of research make of themselves."""
        return Teams(self._connection)

    @cached_property
    def published(self) -> Published:
        """Numbers of students that projects published, and who was ever counted in them."""
        return Published(self._connection)

    @cached_property
    def subjects(self) -> Subjects:
        """Subjects of research, in projects and cohorts."""
        return Subjects(self._connection)

    @cached_property
    def taxa(self) -> Taxa:
        """Species and strains, and what is proposed of them."""
        return Taxa(self._connection)

    @cached_property
    def standings(self) -> Standings:
        """What callers may see and do in research."""
        return Standings(self._connection, self._clock)

    @cached_property
    def history(self) -> History:
        """What moved, what is gone, former ids, and records that one app alone sees or does not see."""
        return History(self._connection)

    @cached_property
    def settings(self) -> Settings:
        """Settings of a data directory."""
        return Settings(self._connection, self._clock)

    @cached_property
    def outbox(self) -> Outbox:
        """Jobs that a change of the records has promised, until the queue has them."""
        return Outbox(self._connection, self._clock)

    @cached_property
    def orders(self) -> Orders:
        """What was entered by write-backs, and what became of it at the school's system."""
        return Orders(self._connection)

    @cached_property
    def pointers(self) -> Pointers:
        """What documents of a standard refer to and which words they use."""
        return Pointers(self._connection)

    @cached_property
    def retention(self) -> Retention:
        """How long what is kept."""
        return Retention(self._connection)

    @cached_property
    def erasures(self) -> Erasures:
        """People who were erased, and what is left to do of it."""
        return Erasures(self._connection)


class Passed:
    """What passes: what can be lost without loss of records or consent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def jobs(self) -> Jobs:
        """Jobs: what is to be done, by whom, until when, and how it ended."""
        return Jobs(self._connection)

    @cached_property
    def tokens(self) -> Tokens:
        """Tokens that were handed out for grants and for management, kept as digests, until they end."""
        return Tokens(self._connection)

    @cached_property
    def tickets(self) -> Tickets:
        """Tokens that apps got for their keys, and codes and refresh tokens for one person's."""
        return Tickets(self._connection)

    @cached_property
    def tasks(self) -> Tasks:
        """What school agents are asked to do."""
        return Tasks(self._connection)

    @cached_property
    def pulls(self) -> Pulls:
        """What is being read page by page."""
        return Pulls(self._connection)

    @cached_property
    def snapshots(self) -> Snapshots:
        """Data sets that were returned, to compare with what comes later."""
        return Snapshots(self._connection)

    @cached_property
    def databases(self) -> Databases:
        """When the databases of schools were last read, and why they could not be."""
        return Databases(self._connection)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What apps asked to be told of when it changes."""
        return Subscriptions(self._connection)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions of people who signed in."""
        return Sessions(self._connection)

    @cached_property
    def visits(self) -> Visits:
        """People who are signed in with a browser."""
        return Visits(self._connection)

    @cached_property
    def sent_away(self) -> SentAway:
        """People who were sent to a provider to sign in, until they come back."""
        return SentAway(self._connection)

    @cached_property
    def devices(self) -> Devices:
        """Devices that ask to act on somebody's behalf."""
        return Devices(self._connection)

    @cached_property
    def traces(self) -> Traces:
        """What passes of people who are erased."""
        return Traces(self._connection)
