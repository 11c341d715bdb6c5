"""Reading sources over HTTP: a provider is a value made of a service, a way to sign, lists, and how they are paged."""

from .answers import Answer, at, rows_at
from .auth import Auth, Basic, Bearer, ClientCredentials, JwtExchange, KeyHeader, OAuth1, RefreshToken, Token
from .listing import Listing, fetch
from .paging import Ask, Cursor, Marker, NextUrl, Numbered, Offset, Page, Pages, Whole
from .service import ADDRESS, REACHED, Service, service_of
from .session import NotAllowed, NotServed, Session

__all__ = [
    "ADDRESS",
    "REACHED",
    "Answer",
    "Ask",
    "Auth",
    "Basic",
    "Bearer",
    "ClientCredentials",
    "Cursor",
    "JwtExchange",
    "KeyHeader",
    "Listing",
    "Marker",
    "NextUrl",
    "NotAllowed",
    "NotServed",
    "Numbered",
    "OAuth1",
    "Offset",
    "Page",
    "Pages",
    "RefreshToken",
    "Service",
    "Session",
    "Token",
    "Whole",
    "at",
    "fetch",
    "rows_at",
    "service_of",
]
