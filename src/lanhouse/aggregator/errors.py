"""The External API's error codes: the documented ones byte for byte, then ours.

Source: seed: External API, Error Codes; aggregator-domain 1.3. Business refusals are HTTP 200
(1.2 row 2); only an unknown key is HTTP 401 (row 35).
"""

from __future__ import annotations

from lanhouse.kit.errors import AppError, Conflict, InvalidInput, NotFound, Unauthenticated


class AgentNotFound(Unauthenticated):
    """No key, or one that belongs to no agent."""

    symbol = "AGENT_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("agent not found")


class _Documented(AppError):
    text = ""

    def __init__(self) -> None:
        super().__init__(self.text)


class IpNotAllowed(_Documented):
    """The caller's address is not in the agent's list."""

    symbol = "IP_NOT_ALLOWED"
    text = "ip not allowed"


class AgentNotActive(_Documented):
    """The agent is switched off."""

    symbol = "AGENT_NOT_ACTIVE"
    status = 403
    text = "agent not active"


class AgentProviderNotFound(_Documented):
    """The game's provider is not configured for this agent."""

    symbol = "AGENT_PROVIDER_NOT_FOUND"
    status = 403
    text = "agent provider not found, provider is not configured for this agent"


class AgentInvalidType(_Documented):
    """A wallet call of an agent whose players' money lives elsewhere (seamless)."""

    symbol = "AGENT_INVALID_TYPE"
    text = "invalid agent type"


class UsernameUnavailable(_Documented):
    """The agent has a player of this name already."""

    symbol = "PLAYER_USERNAME_UNAVAILABLE"
    text = "username unavailable"


class PlayerInactive(_Documented):
    """The player is switched off."""

    symbol = "PLAYER_INACTIVE"
    status = 403
    text = "player not active"


class PlayerLimitReached(_Documented):
    """With this bet, taken as lost, or this deposit the player passes a limit of his."""

    symbol = "PLAYER_LIMIT_REACHED"
    text = "player limit reached"
    status = 403


class PlayerSelfExcluded(_Documented):
    """The player is excluded: no deposit, launch or bet, but his money can leave."""

    symbol = "PLAYER_SELF_EXCLUDED"
    text = "player is excluded"
    status = 403


class CountryProhibited(_Documented):
    """The provider's games may not be played from the player's country at all."""

    symbol = "COUNTRY_PROHIBITED"
    text = "country prohibited"
    status = 403


class CountryRestricted(_Documented):
    """The agent has no licence for the player's country."""

    symbol = "COUNTRY_RESTRICTED"
    text = "country restricted"
    status = 403


class RoundTooSoon(_Documented):
    """The country's rules want more time between two rounds; nothing was played."""

    symbol = "ROUND_TOO_SOON"
    text = "the next round may not begin yet; nothing was played"
    status = 429


class PlayerNotFound(_Documented):
    """The agent has no player of this name; another agent's players are told the same way."""

    symbol = "PLAYER_NOT_FOUND"
    text = "player not found"
    status = 404


class InvalidAmount(InvalidInput):
    """The amount is not a positive plain decimal text with at most the currency's decimals."""

    symbol = "INVALID_AMOUNT"

    def __init__(self, reason: str, field: str = "amount") -> None:
        super().__init__({field: reason})


class CurrencyNotSupported(AppError):
    """The currency is not configured for this agent."""

    symbol = "CURRENCY_NOT_SUPPORTED"

    def __init__(self) -> None:
        super().__init__("currency not supported")


class PlayerInsufficientBalance(AppError):
    """The player's wallet does not cover the amount; nothing was moved."""

    symbol = "PLAYER_INSUFFICIENT_BALANCE"
    status = 402

    def __init__(self) -> None:
        super().__init__("player balance is not enough")


class AgentInsufficientBalance(AppError):
    """The agent's wallet of this currency does not cover the amount; nothing was moved."""

    symbol = "AGENT_INSUFFICIENT_BALANCE"

    def __init__(self) -> None:
        super().__init__("agent balance is not enough")


class TransactionNotFound(NotFound):
    """The agent has no wallet transaction with this id; nothing was moved under it."""

    symbol = "TRANSACTION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("transaction not found")


class GameNotFound(NotFound):
    """There is no such game."""

    symbol = "GAME_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("game not found")


class RoundClosed(Conflict):
    """The round is over, or this bet in it is settled; nothing was done."""

    symbol = "ROUND_CLOSED"

    def __init__(self) -> None:
        super().__init__("this round is closed; nothing was done")


class TransactionRolledBack(Conflict):
    """This bet was rolled back, perhaps before it came; it is refused for good."""

    symbol = "TRANSACTION_ROLLED_BACK"

    def __init__(self) -> None:
        super().__init__("this transaction was rolled back; nothing was done")


class ProviderNotActive(AppError):
    """The provider is switched off in this house."""

    symbol = "PROVIDER_NOT_ACTIVE"
    status = 403

    def __init__(self) -> None:
        super().__init__("provider not active")


class ProviderOffline(AppError):
    """The provider cannot be reached."""

    symbol = "PROVIDER_OFFLINE"
    status = 403

    def __init__(self) -> None:
        super().__init__("provider offline")


class ProviderMaintenance(AppError):
    """The provider works on itself; until when stands in `providers`."""

    symbol = "PROVIDER_MAINTENANCE"
    status = 403

    def __init__(self) -> None:
        super().__init__("provider under maintenance")


class OperatorTimeout(AppError):
    """The operator did not answer in time; nothing was played, and what it may have taken goes
    back.
    """

    symbol = "OPERATOR_TIMEOUT"
    status = 504

    def __init__(self) -> None:
        super().__init__("the operator did not answer; nothing was played")


class OperatorError(AppError):
    """The operator refused in a way that says nothing about the money; what it may have taken goes
    back.
    """

    symbol = "OPERATOR_ERROR"
    status = 502

    def __init__(self) -> None:
        super().__init__("the operator failed; nothing was played")


class OperatorRefused(AppError):
    """The operator has refused a bet for good: `code` is its own, one of those of the document."""

    status = 403

    def __init__(self, code: str) -> None:
        super().__init__("the operator refused the bet: " + code.replace("_", " ").lower())
        self.symbol = code


class CallbackMissing(OperatorError):
    """The agent's wallet cannot be called: nobody has named its address (set-agent)."""

    def __init__(self) -> None:
        AppError.__init__(self, "this agent has no callback address yet; nothing was started")


class DateRangeTooLarge(AppError):
    """The asked window is longer than a call may cover."""

    symbol = "DATE_RANGE_TOO_LARGE"


class SessionExpired(Unauthenticated):
    """The launch token was used or is too old, or the game session is over."""

    symbol = "SESSION_EXPIRED"

    def __init__(self) -> None:
        super().__init__("This game session is over. Start the game again from the lobby.")


class NotAvailable(AppError):
    """A documented call, or a combination, that this release does not have."""

    symbol = "NOT_AVAILABLE"


class BonusCodeExists(_Documented):
    """The agent has a campaign of this bonusCode already, of free rounds or of free chips."""

    symbol = "BONUS_CODE_ALREADY_EXISTS"
    text = "bonusCode already exists"


class FreeRoundNotSupported(_Documented):
    """The game gives no free rounds; those of tables are free chips."""

    symbol = "FREE_ROUND_NOT_SUPPORTED"
    text = "this game has no free rounds"


class FreeRoundNotFound(_Documented):
    """The agent has no campaign of free rounds with this id."""

    symbol = "FREE_ROUND_NOT_FOUND"
    text = "free round not found"
    status = 404


class FreeRoundNotCancelable(_Documented):
    """All rounds of the campaign are played, or its time is over."""

    symbol = "FREE_ROUND_NOT_CANCELABLE"
    text = "free round is used or expired and cannot be canceled"


class FreeChipNotSupported(_Documented):
    """The game takes no free chips; those of slots are free rounds."""

    symbol = "FREE_CHIP_NOT_SUPPORTED"
    text = "this game takes no free chips"


class FreeChipNotFound(_Documented):
    """The agent has no campaign of free chips with this id."""

    symbol = "FREE_CHIP_NOT_FOUND"
    text = "free chip not found"
    status = 404


class FreeChipNotCancelable(_Documented):
    """All chips of the campaign are played, or its time is over."""

    symbol = "FREE_CHIP_NOT_CANCELABLE"
    text = "free chip is used or expired and cannot be canceled"


class BetLimitNotFound(_Documented):
    """The provider has no such category, or no set of limits with this id in it."""

    symbol = "BET_LIMIT_NOT_FOUND"
    text = "bet limit not found"
    status = 404
