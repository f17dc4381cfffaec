"""The sheets of an input workbook: every key of a proposal has its column here, or goes into the YAML of its row."""

from __future__ import annotations

from dataclasses import replace

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

_WHOM = (
    key_column("Place", "words", "Where it happens, as in rural.", choices="places"),
    key_column("Payee", "text", "Who is paid: government unless said.", choices="payees"),
    key_column("Population", "words", "Whom it serves.", choices="populations", width=18),
    key_column("Setting", "words", "In what setting it happens.", choices="settings", width=18),
)


def _of_line(column: Column) -> Column:
    return replace(column, about=f"Where it is not that of the activity. {column.about}", shown=False)


ACTIVITIES = Table(
    "Activities",
    "What you want to do: one row for each activity. Its costs stand on the sheet Lines.",
    "activities",
    (
        id_column("Required. A short name of your own: small letters, digits and hyphens."),
        key_column("Name", "text", "What people call it.", width=32),
        key_column(
            "Uses",
            "words",
            "Required. What the money is spent for. Several words are set apart by commas.",
            choices="uses",
            width=28,
        ),
        key_column("Priority", "count", "1 is funded first. 1 unless said."),
        key_column(
            "Weight", "count", "Within a priority, a dollar here counts so many times. 1 unless said.", shown=False
        ),
        *_WHOM,
        key_column("Start", "date", "First day, where it does not run through the whole plan."),
        key_column("End", "date", "Last day."),
        key_column(
            "Minimum", "bound", "It gets nothing, or at least this: a share of its need such as 60%, an amount, or all."
        ),
        key_column("Must fund", "flag", "Yes where a plan without it is no plan.", choices=YES_NO),
        key_column("Currently funded", "text", "The State or local stream that pays for it today, if any.", width=20),
        key_column("Narrative", "text", "Why it is needed, for the budget narrative.", width=44),
        further(),
    ),
    needed=True,
)

LINES = Table(
    "Lines",
    "The costs of each activity: an amount for each period, or a quantity at a unit cost.",
    "activities",
    (
        Column(
            "Activity",
            ("activity",),
            "text",
            "Required. The Id of the activity on the sheet Activities.",
            choices="activities",
            width=18,
        ),
        id_column("Required. A short name of the line within its activity."),
        key_column("Name", "text", "What people call it.", shown=False, width=24),
        key_column(
            "Category",
            "text",
            "Required. The object class of form SF-424A.",
            choices=CLASSES[:-1],
            width=14,
        ),
        key_column(
            "Item", "text", "What is bought, where rules may care: naloxone, vehicle, rent.", choices="items", width=16
        ),
        key_column("Function", "text", "service unless said.", choices="functions", width=14),
        key_column(
            "Amount",
            "amount",
            "One amount, where there is one period or the cost is the same or grows each year.",
            by="period",
            spread=True,
        ),
        key_column("Quantity", "number", "How many units a year, as in 0.5 FTE or 1,200 kits.", by="period"),
        key_column("Unit", "text", "What is counted.", choices="units", width=10),
        key_column("Unit cost", "amount", "Dollars per unit; for FTE a year's pay.", by="period"),
        key_column("Fringe", "rate", "Fringe benefits on pay, as a share of it."),
        key_column(
            "Timing", "text", "evenly over the period unless said; once for a purchase.", choices=("evenly", "once")
        ),
        key_column("Start", "date", "First day, where it is not that of the activity.", shown=False),
        key_column("End", "date", "Last day, where it is not that of the activity.", shown=False),
        key_column("Grows", "rate", "How much the cost grows each fiscal year."),
        key_column(
            "Essential", "flag", "Yes where no other line of the activity makes sense without it.", choices=YES_NO
        ),
        key_column("Whole units", "flag", "Yes where only whole units are bought.", choices=YES_NO, shown=False),
        key_column("Position", "text", "The position that it pays, as on the payroll.", width=12),
        key_column(
            "Effort step", "rate", "Where several awards pay the person, each part is a multiple of this.", shown=False
        ),
        key_column(
            "Subaward", "text", "The agreement that it is paid under: one id for all its lines and years.", width=14
        ),
        key_column("Only", "words", "The only awards that may pay it.", choices="awards", width=18),
        key_column("Never", "words", "Awards that may not pay it.", choices="awards", width=18),
        key_column(
            "Shares",
            "rate",
            "A fixed split between awards, as in sor: 60%; settlement: 40%.",
            by="pairs",
            shown=False,
            width=24,
        ),
        key_column(
            "Basis",
            "text",
            "The documented basis on which it may be split between federal awards.",
            shown=False,
            width=24,
        ),
        key_column(
            "Portion",
            "rate",
            "The documented share of the cost that a funder may pay, as in 60%.",
            by="pairs",
            shown=False,
        ),
        key_column(
            "One federal payer", "flag", "Yes or no, where it differs from the whole plan.", choices=YES_NO, shown=False
        ),
        key_column("Uses", "words", "Where they are not those of the activity.", choices="uses", shown=False, width=24),
        *(_of_line(column) for column in _WHOM),
        codes_column(),
        key_column("Narrative", "text", "How the amount was worked out, for the budget narrative.", width=44),
        further(),
    ),
    key="lines",
    owner="Activity",
    needed=True,
)


def _selected(header: str, choices: str | tuple[str, ...] = "") -> Column:
    return Column(header, ("select", header.lower()), "words", f"Only lines with this {header.lower()}.", choices)


REQUIREMENTS = Table(
    "Requirements",
    "What you insist on over many lines: at least, or at most, a share or an amount of what is paid.",
    "require",
    (
        id_column("Required. A short name of your own."),
        key_column("At least", "bound", "A share such as 25%, or an amount. One of At least and At most.", width=14),
        key_column("At most", "bound", "A share such as 25%, or an amount.", width=14),
        key_column("Of", "text", "spend unless said: what a share is of.", choices=("spend", "direct", "need")),
        key_column(
            "Awards", "words", "The awards that are looked at; all of them unless said.", choices="awards", width=20
        ),
        _selected("Use", "uses"),
        _selected("Activity", "activities"),
        _selected("Line"),
        _selected("Place", "places"),
        _selected("Population", "populations"),
        _selected("Setting", "settings"),
        _selected("Payee", "payees"),
        _selected("Category", "categories"),
        _selected("Item", "items"),
        _selected("Function", "functions"),
        _selected("Unit", "units"),
        further(),
    ),
)
