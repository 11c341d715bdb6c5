"""Species, strains, suppliers and journals, the lists that all share: anybody proposes, administrators decide."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import NotFound
from ...fields import Record, Ref
from ...model.research import (
    Firm,
    Journal,
    JournalProposal,
    Proposed,
    Publication,
    ResearchSubject,
    Species,
    SpeciesProposal,
    Strain,
    StrainProposal,
    Supplier,
    SupplierProposal,
    Taxon,
)
from .writing import Values, Work

FACTS = ("name", "description", "rrid", "external_identifiers", "species", "website")


@dataclass(frozen=True)
class Taxa:
    """One of the lists. In the super portal an administrator changes it at once; elsewhere everybody proposes."""

    record: type[Taxon | Firm]
    proposal: type[Proposed]
    noun: str
    used_by: Ref
    """The reference by which it is used."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Propose a new one, or make it."""
        facts = self._facts(work, values)
        work.unique(self.record, self.noun, values)
        work.settle()
        if work.above:
            return self.record, work.batch.add(self.record, [facts])[0]
        return self._propose(work, {**facts, "action": "Add", "comments": values.get("comments")})

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Propose a change, or make it."""
        before = work.row(self.record, identity)
        facts = self._facts(work, values)
        work.unique(self.record, self.noun, values, but=identity)
        work.settle()
        if work.above:
            work.batch.change(self.record, identity, facts)
            return self.record, identity
        wanted = {**{n: before[n] for n in FACTS if n in before}, **facts}
        more = {"instance": identity, "action": "Change", "comments": values.get("comments")}
        return self._propose(work, {**wanted, **more})

    def _facts(self, work: Work, values: Values) -> dict[str, object]:
        if "species" in values:
            work.refer("species", Species, [values["species"]])
        return {n: values[n] for n in FACTS if n in values}

    def _propose(self, work: Work, row: Values) -> tuple[type[Record], str]:
        whole = {**row, "status": "Pending", "proposer": work.caller.id}
        return self.proposal, work.batch.add(self.proposal, [whole])[0]

    def remove(self, work: Work, identity: str) -> None:
        """Delete one that nothing refers to."""
        work.row(self.record, identity)
        work.require_administrator()
        if work.kept.research.referred(self.used_by, identity):
            work.wrong(self.noun, "is in use", "change what refers to it first")
        work.settle()
        work.batch.remove(self.record, identity)

    def decide(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept a proposal, which makes or changes what it is about, or reject it."""
        row = work.row(self.proposal, identity)
        work.require_administrator()
        if row["status"] != "Pending":
            work.wrong("status", f"is already {row['status']}")
        work.settle()
        facts = {n: row[n] for n in FACTS if n in row}
        instance: str = row["instance"] or ""
        if accept:
            work.unique(self.record, self.noun, facts, but=instance)
            work.refer("instance_id", self.record, [instance] if instance else [])
            work.refer("species", Species, [row["species"]] if row.get("species") else [])
        work.settle()
        if accept and instance:
            work.batch.change(self.record, instance, facts)
        elif accept:
            work.batch.add(self.record, [facts])
        decided = {"status": "Accepted" if accept else "Rejected", "reviewer": work.caller.id}
        work.batch.change(self.proposal, identity, decided)


SPECIES = Taxa(Species, SpeciesProposal, "species", Strain.species)
STRAINS = Taxa(Strain, StrainProposal, "strain", ResearchSubject.strain)
SUPPLIERS = Taxa(Supplier, SupplierProposal, "supplier", ResearchSubject.supplier)
JOURNALS = Taxa(Journal, JournalProposal, "journal", Publication.journal)


@dataclass(frozen=True)
class Proposals:
    """What was proposed is decided, not changed."""

    taxa: Taxa

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Proposals are made by adding to the list."""
        raise NotFound

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Proposals are decided, not changed."""
        raise NotFound

    def remove(self, work: Work, identity: str) -> None:
        """Proposals stay."""
        raise NotFound
