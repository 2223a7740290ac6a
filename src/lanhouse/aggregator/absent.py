"""External API: the documented calls that this release does not have.

They answer NOT_AVAILABLE instead of 404, so that an integrator can tell "not yet" from a wrong
address. Listed in docs/decisions/0102.
"""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.errors import NotAvailable

routes = ExternalRoutes("Not in this release")

ABSENT_CALLS = {
    "playerDailyReport": 9,
}
"""Call -> its section in the seed document."""


def _declare(name: str, section: int) -> None:
    summary = f"{name} is not in this release; answers NOT_AVAILABLE"
    source = f"seed: External API, {section}"

    @routes.post(f"/{name}", right="agent.call", summary=summary, source=source)
    async def absent(call: AgentCall) -> None:
        raise NotAvailable(f"{call.route.path.rpartition('/')[2]} is not in this release")


for _name, _section in ABSENT_CALLS.items():
    _declare(_name, _section)
