"""What did each attack gain under each rule, whom did it hurt, and what was its price? Frozen, as JSON or a DataFrame.

Points are exact, before rounding to whole scores, so that a gain of a tenth of a point is seen; scores stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "renmai-attacks-1"
RULES = ("vouch", "association", "pagerank", "smoothing", "averages")
CONSTANTS = "constants"
"""What stands in place of a rule in the row that tells what recomputed portfolio constants would do."""
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class AttackRow:
    """One attack under one rule: what changed from before the planted relations to after them.

    Attributes
    ----------
    attack, rule
        Names; ``constants`` stands for rule ``vouch`` with portfolio constants recomputed with the planted accounts,
        compared with those of the base run.
    attackers
        How many holders should gain.
    attacker_best, attacker_mean, attacker_total
        Change of the attackers' scores in points: the largest, the mean, the sum.
    score_before, score_after
        Whole scores of the attacker that gained most.
    helpers_best
        The largest change among the attack's other holders (mules, smurfs, a complicit supporter), in points; None
        without any.
    victims
        How many persons could be hurt: the one aimed at, else all of the run who take no part.
    victims_hurt
        How many of them lose a hundredth of a point or more.
    victims_worst, victims_mean, victims_total
        Change of their scores in points: the lowest, the mean, the sum.
    money_out
        What has left the attack's own accounts for good, in minor units of the base currency.
    money_moved
        All money that its planted relations move, in the same units.
    months
        30-day months from the first preparation (also the history that aged accounts need) to the run's moment.
    honest_people
        Real holders of the run whose money it needs.
    accounts
        Accounts planted.
    bound, reached
        Rule ``vouch``: how many points all planted holders without history can gain together, λ (B − β) A / k turned
        into points, and how many they did gain; None where the promise says nothing.
    constants
        Row ``constants`` only: how far each constant moves.
    note
        What else there is to say; "" for nothing.
    """

    attack: str
    rule: str
    attackers: int
    attacker_best: float
    attacker_mean: float
    attacker_total: float
    score_before: int
    score_after: int
    helpers_best: float | None
    victims: int
    victims_hurt: int
    victims_worst: float
    victims_mean: float
    victims_total: float
    money_out: int
    money_moved: int
    months: int
    honest_people: int
    accounts: int
    bound: float | None = None
    reached: float | None = None
    constants: Mapping[str, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of rule ``vouch`` that an attack was held to, and what was found; a broken one is an error instead.

    Attributes
    ----------
    attack
        The attack.
    promise
        What the method promises.
    found
        What came out, in figures.
    """

    attack: str
    promise: str
    found: str


@dataclass(frozen=True, slots=True)
class AttackReport:
    """What the attack lab found on one run.

    Attributes
    ----------
    run_id, as_of
        The run, and its moment.
    seed
        What the choices among equal candidates were drawn with.
    currency, exponent
        Target currency of all money, and its decimal places.
    rules
        The rules compared, in order.
    descriptions
        Per attack, in order: one sentence that says what it does.
    supporter_bound
        How many points all fresh accounts together can gain at most for each whole budget they get: λ (B − m) A / k
        with the run's highest standing B and its greatest weight A of one holder.
    rows
        One per attack and rule, then one ``constants`` row per attack that plants accounts.
    promises
        What rule ``vouch`` was held to.
    connections
        Whether connections enter the scores of the run; the points told are those that they would have if they did.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> from scoring.attacks import attack
    >>> tables = loaders.load(**town())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = attack(scoring.run(tables, as_of=AS_OF, runs=folder), attacks=["refund_within"], data=tables)
    >>> row = report.row("refund_within", "vouch")
    >>> row.accounts, row.attacker_total, report.row("refund_within", "averages").attacker_best > 1
    (1, 0.0, True)
    """

    run_id: str
    as_of: str
    seed: int
    currency: str
    exponent: int
    rules: tuple[str, ...]
    descriptions: Mapping[str, str]
    supporter_bound: float
    rows: tuple[AttackRow, ...]
    promises: tuple[Promise, ...]
    connections: bool = True

    def row(self, attack: str, rule: str) -> AttackRow:
        """Give the row of an attack under a rule.

        Raises
        ------
        KeyError
            When it was not asked for.
        """
        for row in self.rows:
            if (row.attack, row.rule) == (attack, rule):
                return row
        raise KeyError(f"attack {attack!r} under rule {rule!r} is not in this report")

    def to_dict(self) -> dict[str, Any]:
        """Tell the report as JSON values, figures rounded to nine decimals, so that equal work is equal text."""
        told: dict[str, Any] = _rounded({"format": FORMAT, **asdict(self)})
        return told

    def to_frame(self) -> pd.DataFrame:
        """Give one line per row, with the columns of :class:`AttackRow` but for ``constants``, which the notes tell."""
        import pandas as pd

        names = [field.name for field in fields(AttackRow) if field.name != "constants"]
        return pd.DataFrame([{name: getattr(row, name) for name in names} for row in self.rows], columns=names)

    def money(self, minor: int) -> str:
        """Write money in units of the base currency, such as ``1,200.50``."""
        whole, rest = divmod(abs(minor), 10**self.exponent)
        sign = "-" if minor < 0 else ""
        return f"{sign}{whole:,}" + (f".{rest:0{self.exponent}d}" if self.exponent else "")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value
