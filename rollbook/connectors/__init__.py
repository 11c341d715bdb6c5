"""One file for each kind of source that a roster can come from."""

from ..ingest import Connector
from .aeries import AERIES
from .blackbaud_sky import BLACKBAUD_SKY
from .blackboard import BLACKBOARD
from .brightspace import BRIGHTSPACE
from .bromcom_soap import BROMCOM_SOAP
from .canvas_csv import CANVAS_CSV
from .canvas_rest import CANVAS_REST
from .clever_csv import CLEVER_CSV
from .clever_rest import CLEVER_REST
from .ctf_xml import CTF_XML
from .edfi_rest import EDFI_REST
from .edfi_xml import EDFI_XML
from .ethos import ETHOS
from .facts import FACTS
from .graph_rest import GRAPH_REST
from .illuminate import ILLUMINATE
from .managebac import MANAGEBAC
from .mapped import MAPPED_CSV, MAPPED_JSON
from .oneroster_csv import ONEROSTER_CSV
from .oneroster_rest import ONEROSTER_REST
from .powerschool import POWERSCHOOL
from .records_csv import MIS_AGENT, RECORDS_CSV
from .schoology import SCHOOLOGY
from .sds_csv import SDS_CSV
from .wonde_rest import WONDE_REST

CONNECTORS: dict[str, Connector] = {
    one.name: one
    for one in (
        ONEROSTER_CSV,
        ONEROSTER_REST,
        EDFI_REST,
        EDFI_XML,
        SDS_CSV,
        CLEVER_CSV,
        CLEVER_REST,
        CANVAS_CSV,
        CANVAS_REST,
        AERIES,
        SCHOOLOGY,
        POWERSCHOOL,
        BLACKBOARD,
        FACTS,
        ETHOS,
        MANAGEBAC,
        BRIGHTSPACE,
        BLACKBAUD_SKY,
        ILLUMINATE,
        GRAPH_REST,
        WONDE_REST,
        CTF_XML,
        BROMCOM_SOAP,
        RECORDS_CSV,
        MAPPED_CSV,
        MAPPED_JSON,
        MIS_AGENT,
    )
}

__all__ = ["CONNECTORS", "format_of"]


def format_of(connector: str) -> str:
    """The key in remainders under which a connector, by its name, keeps what has no field."""
    found = CONNECTORS.get(connector)
    return found.format if found else "records"
