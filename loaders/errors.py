"""Which failures does Renmai know, and with which exit code does each end a command?

Every error a user can cause or meet is one of these; its text is a whole sentence that says where, what was found
and what is allowed. Anything else that escapes is a fault of ours and ends with exit code 1.
"""


class RenmaiError(Exception):
    """A failure with a sentence for the user and a fixed exit code."""

    exit_code = 1


class UsageError(RenmaiError):
    """The command line, an argument or the configuration is not usable."""

    exit_code = 2


class ContractError(RenmaiError):
    """The input breaks the data contract as a whole, so nothing of it is used: ABORT(reason).

    Examples
    --------
    >>> raise ContractError("header", "relations.csv: column 'amont' is not known; did you mean 'amount'?")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(header): relations.csv: column 'amont' is not known; did you mean 'amount'?
    """

    exit_code = 3

    def __init__(self, reason: str, detail: str, *, file: str = "") -> None:
        super().__init__(f"ABORT({reason}): {detail}")
        self.reason = reason
        self.detail = detail
        self.file = file


class GateError(RenmaiError):
    """A gate stopped the run before it was made current; the last run stays."""

    exit_code = 4


class LockedError(RenmaiError):
    """Another run holds the lock of the runs folder."""

    exit_code = 5


class UnavailableError(RenmaiError):
    """A server, a disk or a file cannot be used now."""

    exit_code = 6


class RefusedQueryError(RenmaiError):
    """A query is not allowed for its user."""

    exit_code = 7
