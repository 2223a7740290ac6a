"""One base class for every refusal, so that each wire turns it into its own envelope at one place.

A command raises a subclass; the edge answers with `cafe_code` (café API, HTTP 200), `symbol`
(External API) or `status` (native API and pages). Anything else that escapes is a defect and is
answered as an internal error without details.
"""

from __future__ import annotations

from collections.abc import Mapping

from lanhouse.kit.said import Said


class AppError(Exception):
    """A refusal that the caller may read: `message` is safe to show, and `said` is the same text
    with its template, for pages in other languages.
    """

    symbol = "REFUSED"
    cafe_code = 400
    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.said = message
        self.message = str(message)

    @property
    def fields(self) -> Mapping[str, str]:
        """Reasons by field name, as said; empty when the refusal is not about single fields."""
        return {}


class InvalidInput(AppError):
    """One or more fields of the request are wrong; every one of them is named.

    The message reads `field: reason; field: reason` (cafe-wire, rule on field errors).
    """

    symbol = "INVALID_REQUEST"
    status = 400

    def __init__(self, fields: Mapping[str, str]) -> None:
        template = "; ".join(f"%(field{n})s: %(reason{n})s" for n in range(len(fields)))
        values: dict[str, str] = {}
        for number, (name, reason) in enumerate(fields.items()):
            values |= {f"field{number}": name, f"reason{number}": reason}
        super().__init__(Said(template, values))
        self._fields = dict(fields)

    @property
    def fields(self) -> Mapping[str, str]:
        return self._fields

    def renamed(self, names: Mapping[str, str]) -> InvalidInput:
        """The same refusal with its fields under other names; those without one keep theirs.

        The edge gives the names that its caller wrote (kit.inputs.names_of, decision 0089).
        """
        fields = {names.get(name, name): reason for name, reason in self._fields.items()}
        if fields == self._fields:
            return self
        other = type(self).__new__(type(self))
        InvalidInput.__init__(other, fields)
        return other


class Refused(AppError):
    """The input is well formed, but a rule of the business says no."""


class NotFound(AppError):
    """The named thing does not exist, or belongs to somebody else (which is told the same way)."""

    symbol = "NOT_FOUND"
    status = 404


class Conflict(AppError):
    """The same idempotency key came with other input, or the thing exists already."""

    symbol = "IDEMPOTENCY_CONFLICT"
    status = 409


class BalanceTooLow(AppError):
    """The payer's balance does not cover the amount (café code 402)."""

    symbol = "INSUFFICIENT_CREDIT"
    cafe_code = 402
    status = 402


class Unauthenticated(AppError):
    """No key, a wrong one, or one that has ended."""

    symbol = "UNAUTHENTICATED"
    cafe_code = 401
    status = 401

    def __init__(self, message: str = "Unauthenticated.") -> None:
        super().__init__(message)


class Forbidden(AppError):
    """Known caller, but without the right for this."""

    symbol = "FORBIDDEN"
    cafe_code = 403
    status = 403


class TooMany(AppError):
    """A rate limit is reached."""

    symbol = "RATE_LIMITED"
    cafe_code = 507
    status = 429


class CommitUnknown(AppError):
    """The connection or the disk failed while COMMIT was on its way: it may be done or not.

    Only a caller with an idempotency key may try again.
    """

    symbol = "OUTCOME_UNKNOWN"
    cafe_code = 503
    status = 503

    def __init__(self, what: str = "The database failed while this was saved") -> None:
        super().__init__(
            f"{what}, and it is not known whether it was"
            " done. Send it again with the same Idempotency-Key, or look before you repeat it."
        )


class CutOff(CommitUnknown):
    """The server was stopped before this request had its answer."""

    def __init__(self) -> None:
        super().__init__("The server was stopped meanwhile")


class Busy(AppError):
    """Too much waits for the database, or it is out of reach or out of space; nothing was done and
    the call may be repeated.
    """

    symbol = "BUSY"
    cafe_code = 503
    status = 503

    def __init__(self, message: str = "The server is busy, nothing was done. Try again.") -> None:
        super().__init__(message)


class OutOfReach(Busy):
    """The database does not answer; nothing was done. Others who wait need not try it first."""

    def __init__(self) -> None:
        super().__init__("The database is out of reach, nothing was done. Try again.")


def for_future(error: Exception) -> Exception:
    """The error as a future can carry it: StopIteration is the one that none does."""
    if isinstance(error, StopIteration):
        return RuntimeError("a command or query let StopIteration escape")
    return error
