"""Start a deployment's run, without importing Prefect."""

from typing import Any

from ff_analytics.platform.api.rest import Api, Refused


def trigger(api: Api, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Create a run of the deployment `flow/name`; the run as the server describes it.

    Raises `Refused` for parameters that the deployment does not take.
    """
    identity = api.deployment(name)["id"]
    made = api.call("POST", f"/deployments/{identity}/create_flow_run", {"parameters": parameters})
    if made is None:
        raise Refused(f"The deployment {name} was removed meanwhile.")
    return dict(made)
