"""The goals of a plan as a proposal names them, in order: a word, or a word with what is said of it.

``goals: [fund, sooner]`` names two; ``{fund: {give_up: "5,000"}}`` lets each priority fall by so many dollars for the
sake of the goals after it; ``{fairness: {over: place}}`` says whose shares are compared; ``{outcomes: {measure: …}}``
says which benefit is counted, where the activities state several.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from braid.basics.errors import nearest
from braid.basics.money import amount_text, parse_money, show
from braid.law.fields import Frozen

GoalName = Literal[
    "fund", "sooner", "expiring-first", "restricted-first", "tidy", "outcomes", "fairness", "stay-close"
]  # fmt: skip
Over = Literal["place", "population", "activity"]
GOALS: tuple[GoalName, ...] = get_args(GoalName)
PLANNED_GOALS: tuple[GoalName, ...] = ("fund", "sooner", "expiring-first", "restricted-first", "tidy")
"""The goals of a proposal that names none."""
OVER: tuple[Over, ...] = get_args(Over)
KEYS: dict[str, tuple[str, ...]] = {
    **{name: ("give_up",) for name in GOALS},
    "tidy": (),
    "fairness": ("over",),
    "outcomes": ("measure", "give_up"),
}
"""What may be said of each goal. What gives up dollars has a value in dollars."""
EXAMPLES = {
    "fairness": "{fairness: {over: place}}",
    "outcomes": '{outcomes: {measure: "deaths averted"}}',
}
MEANINGS = {
    "fund": "Most need met in dollars, priority 1 first, then 2, and so on; what it gives up is per priority.",
    "sooner": "Earlier periods first: the most dollars of need met times the periods left.",
    "expiring-first": "Most charged to money that ends within the plan.",
    "restricted-first": "Least charged to money that may pay for anything.",
    "tidy": "Fewest payers for each line.",
    "outcomes": "Most published benefit per dollar, by the `outcome` of activities; one measure at a time.",
    "fairness": "The smallest share of payable need met is raised first, then the next smallest, and so on.",
    "stay-close": "Least change from a former plan, in dollars by award, line and period.",
}


class WantedGoal(Frozen):
    """One goal of a proposal, with what is said of it.

    >>> wanted({"fund": {"give_up": "5,000"}})
    fund, which may give up $5,000
    """

    goal: GoalName
    give_up: int = 0
    """Cents by which it may fall for the goals after it; of `fund`, each priority."""
    over: Over | None = None
    """For `fairness`: whose shares are compared."""
    measure: str | None = None
    """For `outcomes`: the benefit that is counted; the only one that activities state, unless said."""

    @property
    def label(self) -> str:
        """The goal in words: its name, and what it goes over."""
        part = self.over or self.measure
        return f"{self.goal} over {part}" if self.over else f"{self.goal} in {part}" if part else self.goal

    def __repr__(self) -> str:
        return self.label + (f", which may give up {show(self.give_up, 'cent')}" if self.give_up else "")

    __str__ = __repr__

    @property
    def written(self) -> str | dict[str, dict[str, str]]:
        """As it stands in a file."""
        said = {"give_up": amount_text(self.give_up, "cent")} if self.give_up else {}
        said |= {"over": self.over} if self.over else {}
        said |= {"measure": self.measure} if self.measure else {}
        return {self.goal: said} if said else self.goal


def wanted(value: Any) -> WantedGoal:
    """A goal from what a file says. Raises ValueError with one sentence.

    >>> wanted("fairness")
    Traceback (most recent call last):
    ValueError: `fairness` says whose shares it compares, as in {fairness: {over: place}}
    """
    if isinstance(value, WantedGoal):
        return value
    if isinstance(value, dict):
        return _said(cast(dict[str, Any], value))
    if not isinstance(value, str):
        raise ValueError("a goal is a word, as in fund, or one with what is said of it, as in {fund: {give_up: 500}}")
    return _whole(_known(value), {})


def _said(value: dict[str, Any]) -> WantedGoal:
    """A goal with what is said of it."""
    if len(value) != 1:
        raise ValueError("one goal stands in each entry, as in [{fund: {give_up: 500}}, sooner]")
    ((word, said),) = value.items()
    name = _known(word)
    example = EXAMPLES.get(name, f"{{{name}: {{give_up: 500}}}}")
    if not isinstance(said, dict):
        how = f"as in {example}" if KEYS[name] else "or rather nothing: name it alone"
        raise ValueError(f"what is said of `{name}` stands in keys of its own, {how}")
    for key in (keys := cast(dict[str, Any], said)):
        if key not in KEYS[name]:
            takes = f"`{name}` takes {' and '.join(KEYS[name])}" if KEYS[name] else f"`{name}` takes none"
            raise ValueError(f"unknown key «{key}» of a goal{nearest(key, KEYS[name])}; {takes}")
    return _whole(name, keys)


def _known(word: str) -> GoalName:
    if word not in GOALS:
        raise ValueError(f"«{word}» is no goal{nearest(word, GOALS)}; the goals are {', '.join(GOALS)}")
    return word


def _whole(name: GoalName, said: dict[str, Any]) -> WantedGoal:
    """The goal, with each thing that is said of it read."""
    give_up, over, measure = said.get("give_up", 0), said.get("over"), said.get("measure")
    if name == "fairness" and over is None:
        raise ValueError(f"`fairness` says whose shares it compares, as in {EXAMPLES['fairness']}")
    if over is not None and over not in OVER:
        raise ValueError(f"`fairness` goes over {' or '.join(OVER)}, and not over «{over}»{nearest(str(over), OVER)}")
    if measure is not None and (not isinstance(measure, str) or not measure):
        raise ValueError(f"the measure of `outcomes` is the words of an outcome, as in {EXAMPLES['outcomes']}")
    if not isinstance(give_up, str | int) or isinstance(give_up, bool):
        raise ValueError(f'what `{name}` may give up is an amount, as in {{{name}: {{give_up: "5,000"}}}}')
    cents = parse_money(give_up) if isinstance(give_up, str) else give_up
    return WantedGoal(goal=name, give_up=cents, over=over, measure=measure)


def in_order(goals: tuple[WantedGoal, ...]) -> tuple[WantedGoal, ...]:
    """Goals as named, `fund` among them and none named twice. Raises ValueError with one sentence."""
    labels = [goal.label for goal in goals]
    if twice := next((label for place, label in enumerate(labels) if label in labels[:place]), None):
        raise ValueError(f"the goal `{twice}` is named twice; once is enough")
    if all(goal.goal != "fund" for goal in goals):
        raise ValueError("`fund` is missing; it is one of the goals of every plan")
    return goals


def _schema() -> dict[str, Any]:
    """The JSON Schema of one goal: its name alone, or with its keys."""
    kinds: dict[str, dict[str, Any]] = {
        "give_up": {
            "type": "string", "examples": ["5,000"],
            "description": "Dollars by which the goal may fall for the goals after it.",
        },
        "over": {"enum": list(OVER), "description": "Whose shares of payable need are compared."},
        "measure": {"type": "string", "description": "Which of the measures that outcomes of activities state."},
    }  # fmt: skip
    keyed: dict[str, Any] = {
        name: {
            "type": "object",
            "description": MEANINGS[name],
            "properties": {key: kinds[key] for key in KEYS[name]},
            "required": ["over"] if name == "fairness" else [],
            "additionalProperties": False,
        }
        for name in GOALS
        if KEYS[name]
    }
    alone: list[dict[str, Any]] = [
        {"const": name, "description": MEANINGS[name]} for name in GOALS if name != "fairness"
    ]
    said: dict[str, Any] = {
        "type": "object", "properties": keyed, "minProperties": 1, "maxProperties": 1, "additionalProperties": False
    }  # fmt: skip
    return {"anyOf": [*alone, said]}


Wanted = Annotated[
    WantedGoal,
    BeforeValidator(wanted),
    PlainSerializer(lambda goal: goal.written, return_type=str | dict[str, dict[str, str]]),
    WithJsonSchema(_schema()),
]
"""A goal as a file gives it."""
PLANNED: tuple[WantedGoal, ...] = tuple(wanted(name) for name in PLANNED_GOALS)
