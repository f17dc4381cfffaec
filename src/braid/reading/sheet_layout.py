"""The sheets of an input workbook: every key of a proposal has its column here, or goes into the YAML of its row."""

from __future__ import annotations

from braid.reading.sheet_forms import Column, Form, Table

BASES = ("mtdc", "direct", "salaries", "salaries-and-fringe", "none")
CLASSES = (
    "personnel",
    "fringe",
    "travel",
    "equipment",
    "supplies",
    "contractual",
    "construction",
    "other",
    "indirect",
)
"""Object classes of form SF-424A, and indirect cost."""
YES_NO = ("yes", "no")
READ = ("text", "secondary", "unverified")
RATES = ("negotiated", "de-minimis", "none")
MORE = "More (YAML)"
_MORE = "Further keys of this row as YAML, as in «key: value». Hardly ever needed."


def further(header: str = MORE, about: str = _MORE) -> Column:
    """The column of what no other column holds."""
    return Column(header, (), "yaml", about, shown=False, width=40)


def id_column(about: str) -> Column:
    """The column of the id of a row."""
    return Column("Id", ("id",), "text", about, width=18)


def codes_column() -> Column:
    """The columns of codes for the ledger."""
    about = "Words of your own for the ledger, carried to every sheet. One column for each: Code fund, Code department."
    return Column("Code", ("codes",), "text", about, by="code", shown=False)


def approved_column(of: str) -> Column:
    """The columns of what the funder approved by object class."""
    about = (
        "The budget that the funder approved, one column for each object class: Approved personnel, Approved travel "
        f"and so on, and Approved indirect. It adds up to {of}."
    )
    return Column("Approved", ("approved_budget",), "amount", about, by="class", shown=False)


def key_column(header: str, form: Form, about: str, **more: object) -> Column:
    """A column whose header is its key in words."""
    return Column(header, (header.lower().replace(" ", "_"),), form, about, **more)  # type: ignore[arg-type]


HEAD = Table(
    "Proposal",
    "Whose plan it is, which years it covers, and how it is planned.",
    "",
    (
        Column("Format", ("braid",), "text", "The version of this form. Leave it as it is."),
        Column("Name", ("name",), "text", "What the plan is called. It stands on every sheet and report."),
        Column("Jurisdiction", ("jurisdiction", "name"), "text", "The county, city, State or organization."),
        Column("State", ("jurisdiction", "state"), "text", "Two capital letters, as in NC. Settlement terms go by it."),
        Column(
            "Kind",
            ("jurisdiction", "kind"),
            "text",
            "What the jurisdiction is.",
            choices=("county", "city", "state", "tribe", "region", "nonprofit"),
        ),
        Column(
            "Fiscal year starts",
            ("calendar", "fiscal_year_starts"),
            "day",
            "Month and day on which your fiscal year begins, as in 07-01.",
        ),
        Column(
            "First fiscal year",
            ("calendar", "first"),
            "text",
            "By the year in which it ends: with a fiscal year from 1 July, FY2027 begins on 1 July 2026.",
        ),
        Column("Last fiscal year", ("calendar", "last"), "text", "The last that is planned, as in FY2029."),
        Column("Step", ("calendar", "step"), "text", "Plan by year or by quarter.", choices=("year", "quarter")),
        Column("Unit", ("unit",), "text", "Plan in whole dollars or in cents.", choices=("dollar", "cent")),
        Column(
            "Indirect rate",
            ("indirect", "rate"),
            "rate",
            "Your negotiated or elected rate of indirect cost. Leave it empty if you charge none. If it changes by "
            "year, use the sheet Indirect rates.",
        ),
        Column(
            "Indirect base",
            ("indirect", "base"),
            "text",
            "What it applies to; mtdc is modified total direct cost.",
            choices=BASES,
        ),
        Column("Indirect kind", ("indirect", "kind"), "text", "Where the rate comes from.", choices=RATES),
        Column(
            "One federal payer",
            ("one_federal_payer",),
            "flag",
            "Yes where at most one federal award may pay a line in a period.",
            choices=YES_NO,
        ),
        Column(
            "Smallest charge",
            ("smallest_charge",),
            "amount",
            "Charges below this amount are avoided where nothing is lost by it. $500 unless said.",
        ),
        Column("Float", ("float",), "amount", "The most that you can carry for costs that a funder pays back later."),
        Column(
            "Goals",
            ("goals",),
            "words",
            "What to strive for, in order. Leave it empty for: fund, sooner, expiring-first, restricted-first, tidy.",
        ),
        further(about="Further settings as YAML. Hardly ever needed."),
    ),
    needed=True,
)

AWARDS = Table(
    "Awards",
    "The money that you have or expect: one row for each award, settlement or local fund.",
    "awards",
    (
        id_column("Required. A short name of your own: small letters, digits and hyphens, as in sor-2027."),
        key_column(
            "Program",
            "text",
            "Required. Which program the money comes from: its rules are looked up. `other` has none.",
            choices="programs",
            width=20,
        ),
        key_column(
            "Edition", "text", "For opioid settlements the State, as in NC; else which edition of the terms holds."
        ),
        key_column("Name", "text", "What people call it.", width=28),
        key_column("Agency", "text", "The federal agency, as in SAMHSA or BJA.", width=12),
        key_column("Pass through", "text", "Who passes federal money on to you, if anyone.", width=20),
        Column("FAIN", ("fain",), "text", "Federal award identification number.", width=16),
        key_column("Assistance listing", "listing", "Five digits, as in 93.788; kept as text.", width=12),
        key_column("Award number", "text", "Your own or the funder's number of it.", shown=False, width=16),
        codes_column(),
        key_column("Awarded", "date", "When it was awarded to you. Which rules govern it goes by this date."),
        key_column("Prime awarded", "date", "When the prime award was made, where a State passes it on.", shown=False),
        key_column("Start", "date", "First day whose costs it pays."),
        key_column("End", "date", "Last day whose costs it pays."),
        key_column("Amount", "amount", "All of it, where it is one sum with Start and End."),
        key_column(
            "Opening balance", "amount", "What is there on the first day of the plan, as with settlement money."
        ),
        key_column(
            "Opening by payer",
            "amount",
            "From whom the opening balance came, as in Distributors: 300,000; Janssen: 112,000.",
            by="pairs",
            shown=False,
            width=30,
        ),
        key_column(
            "Payer",
            "text",
            "Who pays it, where all of it is from one, as a settling company.",
            shown=False,
            width=20,
        ),
        Column(
            "Receipts",
            ("receipts",),
            "amount",
            "What comes in each fiscal year. For payments by date use the sheet Receipts.",
            by="period",
            shown=False,
            spread=True,
        ),
        key_column(
            "Status", "text", "awarded unless said. Only what is awarded is planned.", choices=("awarded", "expected")
        ),
        key_column("Probability", "rate", "How likely it is, where it is only expected.", shown=False),
        key_column(
            "Carry over",
            "text",
            "Of budget periods: none, approved, requested, or a share as in approved: 25%.",
            by="pairs",
            shown=False,
            width=14,
        ),
        key_column(
            "Extension", "text", "A later end: approved: 2028-06-30, or requested: 2028-06-30.", by="pairs", shown=False
        ),
        key_column(
            "Payment", "text", "Whether money comes before the costs or after.", choices=("advance", "reimbursement")
        ),
        key_column("Lag days", "count", "Days from a claim to its payment; 30 unless said.", shown=False),
        key_column(
            "Scope",
            "words",
            "Uses or activities that the funder approved. What lies outside needs prior approval.",
            choices="uses",
            width=24,
        ),
        approved_column("the award, unless each budget period has its own"),
        Column(
            "Indirect rate", ("indirect", "rate"), "rate", "The rate that this award pays, where it is not your own."
        ),
        Column("Indirect base", ("indirect", "base"), "text", "The base of that rate.", choices=BASES, shown=False),
        key_column("Voluntary", "flag", "Yes where you chose the lower rate yourself.", choices=YES_NO, shown=False),
        key_column("Reserve", "amount", "What is to be left at the end of each period.", by="period", shown=False),
        key_column(
            "Interest", "amount", "Interest that joins the award, at once or by fiscal year.", by="period", shown=False
        ),
        key_column(
            "Award year",
            "count",
            "Which year of the award its first day begins; match may differ by year.",
            shown=False,
        ),
        key_column("Amended to", "text", "The later edition of its terms that it was amended to.", shown=False),
        key_column("Obligate by", "date", "Last day for costs that are not ordered beforehand.", shown=False),
        key_column("Liquidate by", "date", "Last day on which bills may be paid.", shown=False),
        further(),
    ),
    needed=True,
)
