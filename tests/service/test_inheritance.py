"""What a later job inherits of its client and its site, and what it changes there for the jobs before it."""

from typing import Any

from service.answers import Answer, Page
from service.jobs import get_job, list_jobs, patch_job
from service.places import Match
from service.runtime import Runtime
from service.sites import get_site, list_sites
from service.store.tables import ClientRow, Json
from tests.service.conftest import FakeGeocoder
from tests.service.things import CLIENT, DISPATCHER, PORTAL, SITE, a_job, a_kind, events_of

REF = "C-117/1"
ADDRESS = "4 rue Leperdit, 35000 Rennes"
NEW_ADDRESS = "1 place de la Mairie"
HOURS: list[Json] = [{"days": ["mon"], "open": "10:00", "close": "12:00"}]
FOUND = Match("4 Rue Leperdit 35000 Rennes", "house", 0.97, 48.1127, -1.6828)
ELSEWHERE = Match("1 Place de la Mairie 35000 Rennes", "house", 0.95, 48.1113, -1.6800)


def now(runtime: Runtime, job: Answer) -> dict[str, Any]:
    return get_job(runtime, DISPATCHER, job.body["id"]).body


def correct(runtime: Runtime, job: Answer, **site: Any) -> Answer:
    return patch_job(runtime, DISPATCHER, job.body["id"], {"site": site}, now(runtime, job)["revision"])


def test_later_job_inherits_what_it_does_not_send(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, site=SITE | {"security_appliance": True, "access_notes": "code B12", "hours": HOURS})
    sparing = {"ref": "C-117", "name": "Cabinet Le Gall"}
    later = a_job(runtime, client=sparing, site={"ref": REF, "address": ADDRESS}).body
    assert later["site"] == {
        "ref": REF,
        "address": ADDRESS,
        "lat": 48.1126,
        "lon": -1.6829,
        "security_appliance": True,
        "access_notes": "code B12",
        "hours": HOURS,
        "match": None,
    }
    assert (later["handling"], later["client"]) == ("remote", CLIENT)


def test_site_alone_says_whose_it_is(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    assert a_job(runtime, client={"name": "Le Gall"}, site={"ref": REF}).body["client"] == CLIENT | {"name": "Le Gall"}


def test_nothing_is_inherited_without_a_ref(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, client={"name": "x"}, site={"address": ADDRESS, "lat": 1.0, "lon": 2.0, "access_notes": "code"})
    later = a_job(runtime, client={"name": "x"}, site={"address": ADDRESS}).body["site"]
    assert (later["lat"], later["access_notes"]) == (None, "")


def test_dispatchers_correction_is_never_overwritten_by_a_later_post(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[NEW_ADDRESS] = ELSEWHERE
    first = a_job(runtime)
    corrected = correct(runtime, first, lat=48.2, lon=-1.7)
    assert corrected.body["site"]["lat"] == 48.2
    for site in (SITE, {"ref": REF, "address": NEW_ADDRESS}, SITE | {"lat": 48.3, "lon": -1.8}):
        later = a_job(runtime, site=site)
        assert (later.body["site"]["lat"], later.body["site"]["lon"]) == (48.2, -1.7)
        dispatched = a_job(runtime, DISPATCHER, site=site)
        assert (dispatched.body["site"]["lat"], dispatched.body["site"]["lon"]) == (48.2, -1.7)
    assert geocoder.asked == []


def test_what_a_caller_placed_is_not_placed_anew_by_its_address(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[ADDRESS] = FOUND
    a_job(runtime)
    later = a_job(runtime, site={"ref": REF, "address": ADDRESS}).body["site"]
    assert (later["lat"], geocoder.asked) == (48.1126, [])
    assert a_job(runtime, site=SITE | {"lat": 48.5}).body["site"]["lat"] == 48.5


def test_found_place_follows_the_address(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known |= {ADDRESS: FOUND, NEW_ADDRESS: ELSEWHERE}
    first = a_job(runtime, site={"ref": REF, "address": ADDRESS, "security_appliance": False})
    a_job(runtime, site={"ref": REF, "address": ADDRESS})
    assert geocoder.asked == [ADDRESS]
    moved = a_job(runtime, site={"ref": REF, "address": NEW_ADDRESS}).body["site"]
    assert (moved["lat"], moved["match"]["label"]) == (48.1113, ELSEWHERE.label)
    lost = a_job(runtime, site={"ref": REF, "address": "nowhere"}).body
    assert (lost["site"]["lat"], lost["site"]["match"]["precision"]) == (None, "none")
    assert [one["code"] for one in lost["attention"]] == ["no_location"]
    assert [one["code"] for one in now(runtime, first)["attention"]] == ["no_location"]  # it is there too
    again = a_job(runtime, site={"ref": REF, "address": ADDRESS}).body["site"]
    assert again["lat"] == 48.1127


def test_site_that_nobody_found_is_looked_for_again(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.down = True
    first = a_job(runtime, site={"ref": REF, "address": ADDRESS, "security_appliance": False})
    geocoder.down = False
    geocoder.known[ADDRESS] = FOUND
    later = a_job(runtime, site={"ref": REF})
    assert later.body["site"]["lat"] == 48.1127
    assert now(runtime, first)["attention"] == []
    assert now(runtime, first)["revision"] == later.revision


def test_news_about_a_site_reach_the_jobs_before(runtime: Runtime) -> None:
    a_kind(runtime)
    first = a_job(runtime)
    elsewhere = a_job(runtime, site=SITE | {"ref": "C-117/2"})
    assert now(runtime, first)["triage"]["reason"] == "appliance_unknown"
    second = a_job(runtime, site=SITE | {"security_appliance": True})
    assert (second.body["handling"], now(runtime, first)["handling"]) == ("remote", "remote")
    assert now(runtime, first)["attention"] == []
    assert now(runtime, first)["revision"] > second.revision  # an event of its own tells of the new triage
    assert now(runtime, elsewhere)["revision"] == elsewhere.revision
    assert ("job.triaged", {"handling": "on_site", "reason": "appliance_unknown"}) in [
        (kind, before) for kind, before, _ in events_of(runtime, "job")
    ]


def test_news_about_a_client_reach_all_its_sites_and_the_search(runtime: Runtime) -> None:
    a_kind(runtime)
    jobs = [a_job(runtime), a_job(runtime, site=SITE | {"ref": "C-117/2"})]
    later = a_job(runtime, client=CLIENT | {"name": "Étude Kermarrec"}, site=SITE | {"ref": "C-117/3"})
    for job in jobs:
        assert now(runtime, job)["client"]["name"] == "Étude Kermarrec"
        assert now(runtime, job)["revision"] == later.revision
    assert len(list_jobs(runtime, DISPATCHER, {"q": "kermarrec"}, Page()).items) == 3


def test_post_without_news_touches_nothing_else(runtime: Runtime) -> None:
    a_kind(runtime)
    first = a_job(runtime)
    site = get_site(runtime, DISPATCHER, REF).revision
    a_job(runtime)
    assert now(runtime, first)["revision"] == first.revision
    assert get_site(runtime, DISPATCHER, REF).revision == site


def test_new_coordinates_are_a_change_of_the_site(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    later = a_job(runtime, site=SITE | {"lat": 48.2})
    assert get_site(runtime, DISPATCHER, REF).revision == later.revision


def test_client_may_say_its_ref_later(runtime: Runtime) -> None:
    a_kind(runtime)
    first = a_job(runtime, client={"name": "Cabinet Le Gall"})
    later = a_job(runtime, client={"ref": "C-117", "name": "Cabinet Le Gall"})
    assert later.body["client"]["ref"] == "C-117"
    assert now(runtime, first)["client"]["ref"] == "C-117"
    assert now(runtime, first)["revision"] == later.revision


def test_site_of_nobody_goes_to_the_client_that_claims_it(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, site=SITE | {"ref": "C-117/2"})
    first = a_job(runtime, client={"name": "Cabinet Le Gall"})
    later = a_job(runtime)
    assert later.body["client"]["ref"] == "C-117"
    assert now(runtime, first)["client"]["ref"] == "C-117"
    assert len({one["client"]["ref"] for one in list_sites(runtime, PORTAL, Page()).items}) == 1
    with runtime.database.read() as session:
        assert session.query(ClientRow).count() == 1  # the client without a name of its own is forgotten
