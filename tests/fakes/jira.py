"""Jira Cloud's v3 API for one project: strict about what it takes, slow to index it."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults

PEOPLE = {"acc-raka": True, "acc-sekar": True, "acc-gone": False}


def _field(name: str, title: str, kind: str, **more: Any) -> dict[str, Any]:
    schema = {"type": kind, **more.pop("schema", {})}
    found = {"fieldId": name, "key": name, "name": title, "required": False, "schema": schema}
    return found | {"hasDefaultValue": False, "operations": ["set"]} | more


def screen() -> list[dict[str, Any]]:
    """The create screen: a field of each kind."""
    custom = "com.atlassian.jira.plugin.system.customfieldtypes:"
    options = [{"id": str(n), "value": v} for n, v in enumerate(("Reel", "Carousel", "Story"), 1)]
    components = [{"id": "10101", "name": "Kopi Senja"}, {"id": "10102", "name": "Batik Lestari"}]
    return [
        _field("project", "Project", "project", required=True),
        _field("issuetype", "Issue Type", "issuetype", required=True),
        _field("summary", "Summary", "string", required=True, schema={"system": "summary"}),
        _field("description", "Description", "string", schema={"system": "description"}),
        _field("labels", "Labels", "array", schema={"items": "string", "system": "labels"}),
        _field("assignee", "Assignee", "user", schema={"system": "assignee"}),
        _field("duedate", "Due date", "date", schema={"system": "duedate"}),
        _field("parent", "Parent", "issuelink", schema={"system": "parent"}),
        _field(
            *("components", "Components", "array"),
            schema={"items": "component"},
            allowedValues=components,
        ),
        _field(
            *("priority", "Priority", "priority"), allowedValues=[{"id": "5", "name": "Lowest"}]
        ),
        _field("customfield_10015", "Start date", "date"),
        _field("customfield_10039", "Content type", "option", allowedValues=options),
        _field("customfield_10040", "Publication date", "datetime"),
        _field("customfield_10043", "Editor", "user"),
        _field("customfield_10050", "Budget", "number"),
        _field("customfield_10051", "Notes", "string", schema={"custom": custom + "textarea"}),
        _field("customfield_10052", "Series", "option-with-child", allowedValues=options),
    ]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Jira:
    """`issues` by key. A search sees an issue only `lag` seconds after it was made.

    With `cloud_id` the token is one with scopes: the gateway's address takes it, also without
    the account, and the site refuses it.
    """

    login: str = "bot@example.org:jira-s3cret"
    cloud_id: str = ""
    site: str = "https://kopi.atlassian.net"
    lag: float = 0.0
    now: Callable[[], datetime] = _now
    faults: Faults = field(default_factory=Faults)
    fields: list[dict[str, Any]] = field(default_factory=screen)
    issues: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[str, str, int, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        api = "/rest/api/3"
        routes = (
            ("GET", f"{api}/serverInfo", self.server_info),
            ("GET", f"{api}/myself", self.myself),
            ("GET", f"{api}/user/search", self.users),
            ("GET", f"{api}/issue/createmeta/CP/issuetypes/10009", self.createmeta),
            ("POST", f"{api}/issue/bulk", self.bulk),
            ("POST", f"{api}/search/jql", self.search),
            ("GET", f"{api}/issue/{{id}}", self.issue),
            ("PUT", f"{api}/issue/{{id}}", self.edit),
        )
        return Starlette(
            routes=[
                Route(f"{prefix}{path}", self._known(method, path, do), methods=[method])
                for method, path, do in routes
                for prefix in ("", "/ex/jira/{cloud}")
            ]
        )

    def labelled(self, label: str) -> list[str]:
        """Keys of the issues with a label, indexed or not."""
        return [key for key, issue in self.issues.items() if label in issue["fields"]["labels"]]

    @property
    def posts(self) -> list[Any]:
        """Sizes of the bulk creates that were sent."""
        return [len(seen.json["issueUpdates"]) for seen in self.faults.asked("/issue/bulk")]

    def _known(self, method: str, path: str, do: Any) -> Any:
        async def answer(request: Request) -> Response:
            taken = ["Basic " + base64.b64encode(self.login.encode()).decode()]
            if self.cloud_id:
                taken.append(f"Bearer {self.login.partition(':')[2]}")
            here = request.path_params.get("cloud", "") == self.cloud_id
            if not here or request.headers.get("authorization") not in taken:
                reason = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
                return JSONResponse({"errorMessages": ["Unauthorized"]}, 401, reason)
            body = json.loads(await request.body() or b"null")
            status, found = do(request, body)
            self.answers.append((method, path, status, found))
            return Response(status_code=status) if found is None else JSONResponse(found, status)

        return answer

    def server_info(self, request: Request, body: Any) -> tuple[int, Any]:
        return 200, {"baseUrl": self.site, "version": "1001.0.0-SNAPSHOT", "serverTitle": "Jira"}

    def myself(self, request: Request, body: Any) -> tuple[int, Any]:
        return 200, {"accountId": "acc-bot", "displayName": "Plan Bot", "active": True}

    def users(self, request: Request, body: Any) -> tuple[int, Any]:
        account = request.query_params["accountId"]
        known = account in PEOPLE
        return 200, [{"accountId": account, "active": PEOPLE[account]}] if known else []

    def createmeta(self, request: Request, body: Any) -> tuple[int, Any]:
        start, size = (int(request.query_params[name]) for name in ("startAt", "maxResults"))
        # Fewer than asked for, as the real one may.
        some = self.fields[start : start + min(size, 10)]
        page = {"startAt": start, "maxResults": 10, "total": len(self.fields), "fields": some}
        return 200, page

    def _wrong(self, given: dict[str, Any]) -> dict[str, str]:
        known = {f["fieldId"]: f for f in self.fields}
        wrong = {n: f"Field '{n}' cannot be set." for n in given if n not in known}
        for name, meta in known.items():
            if meta["required"] and not given.get(name):
                wrong[name] = f"{meta['name']} is required."
        for name, value in given.items():
            if name in known and (why := self._misfit(known[name], value)):
                wrong[name] = why
        return wrong

    def _misfit(self, meta: dict[str, Any], value: Any) -> str:
        kind, schema = meta["schema"]["type"], meta["schema"]
        long = schema.get("system") == "description" or "textarea" in schema.get("custom", "")
        if long and not (isinstance(value, dict) and value.get("type") == "doc"):
            return "Operation value must be an Atlassian Document"
        if kind == "string" and not long and (len(value) > 255 or "\n" in value):
            return "The summary is invalid"
        if kind == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return "Error parsing date string"
        if kind == "datetime" and not re.fullmatch(r"[-\dT:]{19}\.\d{3}[+-]\d{4}", value):
            return "Error parsing datetime string"
        if kind == "user" and not PEOPLE.get(value.get("accountId")):
            return "User does not exist or is not active."
        if kind == "number" and not isinstance(value, int | float):
            return "Operation value must be a number"
        if schema.get("items") == "string" and any(" " in label for label in value):
            return "The label contains spaces which is invalid."
        allowed = {option["id"] for option in meta.get("allowedValues", [])}
        chosen = value if isinstance(value, list) else [value]
        if (
            allowed
            and kind in ("option", "array")
            and any(v.get("id") not in allowed for v in chosen)
        ):
            return "Specify a valid value"
        return ""

    def _create(self, update: dict[str, Any]) -> dict[str, str]:
        number = 10_000 + len(self.issues)
        key = f"CP-{len(self.issues) + 1}"
        self.issues[key] = {
            "id": str(number),
            "key": key,
            "fields": {**update["fields"], "status": {"name": "To Do"}},
            "properties": {p["key"]: p["value"] for p in update.get("properties", [])},
            "created": self.now(),
        }
        return {"id": str(number), "key": key, "self": f"http://jira/rest/api/3/issue/{number}"}

    def bulk(self, request: Request, body: Any) -> tuple[int, Any]:
        updates = body["issueUpdates"]
        if len(updates) > 50:
            return 400, {"errorMessages": ["At most 50 issues."], "errors": {}}
        made, errors = [], []
        for place, update in enumerate(updates):
            if wrong := self._wrong(update["fields"]):
                inside = {"errorMessages": [], "errors": wrong}
                errors.append(
                    {"status": 400, "elementErrors": inside, "failedElementNumber": place}
                )
            else:
                made.append(self._create(update))
        return (201 if made else 400), {"issues": made, "errors": errors}

    def search(self, request: Request, body: Any) -> tuple[int, Any]:
        bound = re.fullmatch(r'project = "(\w+)" AND labels in \((.+)\)', body["jql"])
        if bound is None:
            return 400, {"errorMessages": ["Unbounded JQL queries are not allowed here."]}
        wanted = set(re.findall(r'"([^"]+)"', bound[2]))
        fresh = {str(number) for number in body.get("reconcileIssues", [])}
        hits = [
            issue
            for issue in self.issues.values()
            if wanted & set(issue["fields"]["labels"])
            and (
                issue["id"] in fresh or (self.now() - issue["created"]).total_seconds() >= self.lag
            )
        ]
        start = int(body.get("nextPageToken", 0))
        shown = hits[start : start + 20]
        page = {
            "issues": [self._shown(issue) for issue in shown],
            "isLast": start + 20 >= len(hits),
        }
        return 200, page if page["isLast"] else page | {"nextPageToken": str(start + 20)}

    def _shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        fields = {name: issue["fields"].get(name) for name in ("labels", "status", "summary")}
        return {
            "id": issue["id"],
            "key": issue["key"],
            "fields": fields,
            "properties": issue["properties"],
        }

    def _by(self, identity: str) -> dict[str, Any] | None:
        return next((i for i in self.issues.values() if identity in (i["id"], i["key"])), None)

    def issue(self, request: Request, body: Any) -> tuple[int, Any]:
        issue = self._by(request.path_params["id"])
        if issue is None:
            return 404, {"errorMessages": ["Issue does not exist or you have no permission."]}
        return 200, self._shown(issue)

    def edit(self, request: Request, body: Any) -> tuple[int, Any]:
        issue = self._by(request.path_params["id"])
        if issue is None:
            return 404, {"errorMessages": ["Issue does not exist."]}
        issue["fields"] |= body["fields"]
        issue["properties"] |= {p["key"]: p["value"] for p in body.get("properties", [])}
        return 204, None
