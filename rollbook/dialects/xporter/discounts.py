"""What qualifications count as in performance tables (school.ks4discountcodes, school.ks5discountcodes,
school.discountcodes)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Filter, Option, Table
from ...fields import Arg, Coalesce, Expr, Key, Literal
from ...model.exams import DiscountCode
from ...scopes import S

# Empty, not null, where a code does not depend on the syllabus (the document, school.ks4discountcodes).
_SYLLABUS = Coalesce(DiscountCode.syllabus_code, Literal(""))

_COLUMNS: dict[str, Expr] = {
    "Year": DiscountCode.year,
    "QAN": DiscountCode.qan,
    "QualificationTitle": DiscountCode.qualification_title,
    "SyllabusCode": _SYLLABUS,
    "SyllabusTitle": Coalesce(DiscountCode.syllabus_title, Literal("")),
    "DiscountCode": DiscountCode.code,
    "DiscountCodeDescription": DiscountCode.description,
}
_PARTS = (DiscountCode.year, ".", DiscountCode.qan, ".", _SYLLABUS)
_ORDER = (DiscountCode.year, DiscountCode.qan, DiscountCode.syllabus_code)


class DiscountCodes4(
    Table,
    of=DiscountCode,
    name="DiscountCodes",
    only=DiscountCode.stage.is_("KS4"),
    order=_ORDER,
    key=Key(*_PARTS),
    shared=_COLUMNS,
):
    """Discount codes of the tables of key stage 4."""


class DiscountCodes5(
    Table,
    of=DiscountCode,
    name="DiscountCodes",
    only=DiscountCode.stage.is_("KS5"),
    order=_ORDER,
    key=Key(*_PARTS),
    shared=_COLUMNS,
):
    """Discount codes of the tables of key stage 5."""


class DiscountCodesOfStage(
    Table,
    of=DiscountCode,
    name="discountcodes",
    order=_ORDER,
    key=Key(DiscountCode.stage, ".", *_PARTS),
    shared=_COLUMNS,
):
    """Discount codes of the tables of a key stage. Its columns are Rollbook's: those of the sister endpoints."""

    KeyStage = DiscountCode.stage


_YEAR = {
    "Year": Filter(
        "Filter the discount codes to a particular year; e.g. 2026",
        DiscountCode.year.is_(Arg("Year")),
        kind="number",
    )
}

ks4_discount_codes = Endpoint(
    "KS4DiscountCodes",
    "KS4DiscountCodes",
    "School",
    "Discount code information for key stage 4.",
    S.School,
    (DiscountCodes4,),
    filters=_YEAR,
)
ks5_discount_codes = Endpoint(
    "KS5DiscountCodes",
    "KS5DiscountCodes",
    "School",
    "Discount code information for key stage 5.",
    S.School,
    (DiscountCodes5,),
    filters=_YEAR,
)
discount_codes = Endpoint(
    "DiscountCodes",
    "discountcodes",
    "Students",
    "The discount codes of a key stage.",
    S.School,
    (DiscountCodesOfStage,),
    example={"KeyStage": "KS4"},
    filters={
        "KeyStage": Filter(
            "The key stage, KS4 or KS5",
            DiscountCode.stage.is_(Arg("KeyStage")),
            kind="code",
            choices={"KS4": "KS4", "KS5": "KS5"},
            required=True,
        )
    },
    options={
        f"includeKS{n}": Option(
            f"Include the discount codes of key stage {n} beside those of KeyStage",
            Also(DiscountCode.stage.is_(f"KS{n}"), whatever=True),
        )
        for n in (4, 5)
    },
)
