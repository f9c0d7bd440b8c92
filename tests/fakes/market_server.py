"""Public market lists on a loopback port: DynastyProcess's files and FantasyCalc's API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PLAYERS = """\
"player","pos","team","age","draft_year","ecr_1qb","ecr_2qb",\
"value_1qb","value_2qb","scrape_date","fp_id"
"Orrin Vance Jr.","WR","LVR",24.7,2021,1.5,5.5,10136,9227,"{day}","501"
"A.J. Brindle","RB","KCC",22.0,2023,4.6,11.2,9424,8070,"{day}","502"
"Tove Sandqvist","QB","JAC",27.7,2018,25.1,2.3,5821,9948,"{day}","503"
"Prospect Nobody","WR","FA",NA,NA,60.0,80.0,2588,1602,"{day}","599"
"""
PICKS = """"player","pos","ecr_1qb","ecr_2qb","scrape_date","pick"
"2026 Pick 1.01","PICK",20.3,9.9,"{day}",1
"2027 Early 1st","PICK",39.1,31.9,"{day}",NA
"""
IDS = """mfl_id,fantasypros_id,gsis_id,sleeper_id,name
1,501,00-0000001,91,Orrin Vance
2,503,00-0000003,93,Tove Sandqvist
3,NA,00-0000002,92,AJ Brindle
"""


def fantasycalc_rows(quarterback: int) -> list[dict[str, object]]:
    """A list as the API sends it; `quarterback` is the passer's value in that format."""
    listed = [
        ("Orrin Vance", "WR", "LV", "7001", 9800),
        ("Tove Sandqvist", "QB", "JAX", None, quarterback),
        ("2026 Pick 1.01", "PICK", None, None, 5000),
    ]
    return [
        {
            "player": {"id": n, "name": name, "position": pos, "maybeTeam": team, "espnId": espn},
            "value": value,
            "overallRank": n,
            "trend30Day": 0,
        }
        for n, (name, pos, team, espn, value) in enumerate(listed, 1)
    ]


@dataclass
class MarketServer:
    """The running server; `answers` maps a path to the body, and may be changed."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)

    @property
    def files(self) -> str:
        return f"http://127.0.0.1:{self.port}/files"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/values/current"

    def publish(self, day: str = "2026-11-20") -> None:
        """The lists of that day."""
        self.answers |= {
            "/files/values-players.csv": PLAYERS.replace("{day}", day),
            "/files/values-picks.csv": PICKS.replace("{day}", day),
            "/files/db_playerids.csv": IDS,
            "/values/current?1": json.dumps(fantasycalc_rows(5900)),
            "/values/current?2": json.dumps(fantasycalc_rows(9900)),
        }


class _Handler(BaseHTTPRequestHandler):
    state: MarketServer

    def log_message(self, format: str, *args: object) -> None:
        """The journal is the log."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        path = parts.path + (f"?{query['numQbs'][0]}" if "numQbs" in query else "")
        self.state.journal.append(self.path)
        body = self.state.answers.get(path)
        data = (body or "Not Found").encode()
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serve() -> Iterator[MarketServer]:
    """Serve the lists on a free port until the block ends."""
    state = MarketServer()
    state.publish()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
