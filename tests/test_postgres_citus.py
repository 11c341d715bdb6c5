"""What is asked of Citus to distribute a database, told to functions of its names: the extension itself is not here.

What this shows: the functions are called as its documentation says, in an order that it allows, and nothing is asked of
it that it refuses. That records are found again afterwards it does not show.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from rollbook.store.postgres import distributing, layout, wall
from rollbook.store.postgres.distributing import distribute
from rollbook.store.postgres.layout import BY_DISTRICT, SHARED
from rollbook.store.postgres.making import make
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

AS_CITUS = """
CREATE TABLE records.asked (number serial, table_name regclass, citus_table_type text, by text, beside text);
CREATE VIEW records.citus_tables AS SELECT table_name, citus_table_type FROM records.asked;
CREATE FUNCTION records.create_reference_table(one regclass) RETURNS void LANGUAGE sql AS
$$ INSERT INTO records.asked (table_name, citus_table_type) VALUES (one, 'reference') $$;
CREATE FUNCTION records.create_distributed_table(one regclass, by text, kind text DEFAULT 'hash',
  colocate_with text DEFAULT 'default') RETURNS void LANGUAGE sql AS
$$ INSERT INTO records.asked (table_name, citus_table_type, by, beside)
   VALUES (one, 'distributed', by, colocate_with) $$;
CREATE FUNCTION records.create_distributed_function(one regprocedure) RETURNS void LANGUAGE sql AS $$ $$;
"""


def _there(_: Session) -> bool:
    return True


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A session with a database that says it has Citus, and has been distributed, twice."""
    with pytest.MonkeyPatch.context() as patch, served() as address:
        for module in (distributing, layout, wall):
            patch.setattr(module, "has_citus", _there)
        make(address)
        found = Session(address, "records")
        found.script(AS_CITUS)
        assert str(distribute(address)) == f"{len(BY_DISTRICT)} tables distributed by district, by Citus"
        assert str(distribute(address)) == f"{len(BY_DISTRICT)} tables distributed by district, by Citus"
        yield found
        found.close()


def test_each_table_is_given_to_citus_once(session: Session) -> None:
    asked = session.execute(
        "SELECT trim('\"' FROM CAST(table_name AS text)), citus_table_type, by, beside FROM asked ORDER BY number"
    ).fetchall()
    shared, distributed = asked[: len(SHARED)], asked[len(SHARED) :]
    assert [(table, kind) for table, kind, *_ in shared] == [(table, "reference") for table in SHARED]
    assert [(table, by) for table, _, by, _ in distributed] == [(table, "district") for table in BY_DISTRICT]
    first, *rest = (beside for *_, beside in distributed)
    assert first == "none"
    assert set(rest) == {f'records."{BY_DISTRICT[0]}"'}


WITHOUT = """
SELECT count(*) FROM pg_index i WHERE indisunique AND indrelid = ANY(CAST(? AS regclass[])) AND NOT EXISTS
 (SELECT FROM pg_attribute WHERE attrelid = i.indrelid AND attname = 'district' AND attnum = ANY(i.indkey))
"""


def test_no_table_has_what_citus_refuses(session: Session) -> None:
    """A unique index without the district, a trigger, a foreign key, a policy with a sub-select."""
    named = ([f'records."{table}"' for table in BY_DISTRICT],)
    assert session.execute(WITHOUT, named).get == 0
    assert session.execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = ANY(CAST(? AS regclass[]))", named).get == 0
    assert session.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'").get == 0
    assert session.execute("SELECT count(*) FROM pg_policies WHERE qual LIKE '%SELECT%'").get == 0
    assert wall.stands(session)
