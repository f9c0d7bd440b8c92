"""What completed runs leave behind holds no secret of their environment."""

from tests.e2e.conftest import Platform
from tests.fakes import planted


def test_no_planted_secret_is_in_outputs_reports_database_or_logs(sample: Platform) -> None:
    sample.run("analytics/valuation")
    # All but the checkout itself: these tests are in it, with their secrets.
    places = {
        place: content
        for place, content in planted.files(sample.data.parent).items()
        if not place.startswith(f"{sample.root}/")
    }
    for made in ("latest.parquet", "valuation.html", "prefect.db", "worker.log", "server.log"):
        assert any(place.endswith(made) for place in places), made
    for folder in ("/quarantine/", "/logs/runs/"):
        assert any(folder in place for place in places), folder
    assert planted.leaks(places) == []
