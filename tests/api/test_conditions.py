"""ETag, If-Match, If-None-Match, since, Idempotency-Key and cursors."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.cursors import Cursors
from tests.api.caller import Caller, faults
from tests.api.conftest import JOB, KIND, World

# ---- ETag ----


def test_get_with_the_same_etag_is_304(world: World) -> None:
    job = world.post_job()
    path, tag = f"/v1/jobs/{job['id']}", f'"{job["revision"]}"'
    for given in (tag, f"W/{tag}", f'"1", {tag}', "*"):
        answer = world.portal.get(path, headers={"If-None-Match": given})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert world.portal.get(path, headers={"If-None-Match": '"1"'}).status_code == 200


CHANGES: list[tuple[str, str, Any]] = [
    ("PATCH", "/v1/jobs/{job}", {"priority": 1}),
    ("DELETE", "/v1/jobs/{job}", None),
    ("PUT", "/v1/kinds/{kind}", {"title": "Other", "service_s": 60}),
    ("DELETE", "/v1/kinds/{kind}", None),
    ("PATCH", "/v1/technicians/{technician}", {"name": "Other"}),
    ("DELETE", "/v1/technicians/{technician}", None),
    ("PATCH", "/v1/depots/{depot}", {"name": "Other"}),
    ("DELETE", "/v1/depots/{depot}", None),
    ("PUT", "/v1/items/{item}", {"name": "Other"}),
    ("DELETE", "/v1/items/{item}", None),
    ("PUT", "/v1/stock/{depot}/{stocked}", {"on_hand": 7}),
    ("DELETE", "/v1/stock/{depot}/{stocked}", None),
    ("DELETE", "/v1/absences/{absence}", None),
    ("PUT", "/v1/separation", {"radius_m": 10}),
    ("DELETE", "/v1/separation", None),
    ("PUT", "/v1/reserves/{reserve}", {"skill": "network", "least": 2}),
    ("DELETE", "/v1/reserves/{reserve}", None),
    ("PUT", "/v1/faces/{faces}", {"client": "C-1", "most": 3}),
    ("DELETE", "/v1/faces/{faces}", None),
    ("PATCH", "/v1/sites/{site}", {"access_notes": "other"}),
]


def fill(world: World) -> dict[str, str]:
    """One of everything; names by kind of thing."""
    desk = world.dispatcher
    absence = {
        "technicians": [world.technicians["bert"]],
        "from": "2020-03-16T00:00:00+01:00",
        "to": "2020-03-17T00:00:00+01:00",
    }
    depot = desk.post("/v1/depots", {"name": "Noyal", "lat": 48.1, "lon": -1.5}).get_json()["id"]
    for sku in ("mouse", "laptop"):
        desk.put(f"/v1/items/{sku}", {"name": sku})
    desk.put(f"/v1/stock/{depot}/laptop", {"on_hand": 3})
    desk.put("/v1/separation", {})
    desk.put("/v1/reserves/at-hand", {"skill": "network"})
    job = world.post_job(client=JOB["client"] | {"ref": "C-1"}, site=JOB["site"] | {"ref": "a/b"})["id"]
    desk.put("/v1/faces/le-gall", {"client": "C-1"})
    return {
        "job": job,
        "kind": KIND,
        "technician": world.technicians["bert"],
        "depot": depot,
        "item": "mouse",
        "stocked": "laptop",
        "absence": desk.post("/v1/absences", absence).get_json()["id"],
        "site": "a/b",
        "reserve": "at-hand",
        "faces": "le-gall",
    }


@pytest.mark.parametrize(("method", "path", "document"), CHANGES)
def test_change_wants_the_revision_that_was_read(world: World, method: str, path: str, document: Any) -> None:
    path, desk = path.format(**fill(world)), world.dispatcher
    tag = desk.get(path).headers["ETag"]
    assert desk.request(method, path, json=document).status_code == 428
    for stale in ('"999999"', '"nonsense"', f"W/{tag}"):
        assert desk.request(method, path, json=document, match=stale).status_code == 412
    assert desk.get(path).headers["ETag"] == tag
    assert desk.request(method, path, json=document, match=tag).status_code == 200
    assert desk.request(method, path, json=document, match=tag).status_code in (404, 409, 412)


def test_new_thing_wants_no_revision_and_takes_none(world: World) -> None:
    assert world.dispatcher.put("/v1/items/mouse", {}, match=3).status_code == 412
    assert world.dispatcher.put("/v1/items/mouse", {}).status_code == 200


def test_second_of_two_dispatchers_loses(any_world: World) -> None:
    job = any_world.post_job()
    path = f"/v1/jobs/{job['id']}"

    def change(priority: int) -> int:
        return any_world.dispatcher.patch(path, {"priority": priority}, match=job["revision"]).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(change, (1, 2, 3, 4)))
    assert sorted(statuses) == [200, 412, 412, 412]
    assert any_world.dispatcher.get(path).get_json()["priority"] == 1 + statuses.index(200)


# ---- since ----


def test_since_is_204_while_nothing_changed(world: World) -> None:
    path = f"/v1/technicians/{world.technicians['anna']}/routes/2020-03-16"
    revision = int(world.dispatcher.get(path).headers["ETag"].strip('"'))
    answer = world.dispatcher.get(f"{path}?since={revision}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert faults(world.dispatcher.get(f"{path}?since=yesterday")) == {("wrong_type", "/since")}


# ---- Idempotency-Key ----


def test_same_key_and_body_is_done_once(any_world: World) -> None:
    first = any_world.portal.post("/v1/jobs", any_world.job(), once="k-1")
    again = any_world.portal.post("/v1/jobs", any_world.job(), once="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    for name in ("Location", "ETag"):
        assert first.headers[name] == again.headers[name]
    assert len(any_world.portal.get("/v1/jobs").get_json()["items"]) == 1


def test_key_may_be_written_with_quotes(world: World) -> None:
    first = world.portal.post("/v1/jobs", world.job(), once='"k-1"')
    again = world.portal.post("/v1/jobs", world.job(), once="k-1")
    assert first.get_json()["id"] == again.get_json()["id"]


def test_same_key_with_another_body_or_query_is_422(world: World) -> None:
    world.portal.post("/v1/jobs:batch", {"jobs": [world.job()]}, once="k-1")
    for path, jobs in (("/v1/jobs:batch", [world.job(priority=1)]), ("/v1/jobs:batch?partial=1", [world.job()])):
        answer = world.portal.post(path, {"jobs": jobs}, once="k-1")
        assert answer.status_code == 422
        assert answer.get_json()["type"] == "urn:tournee:problem:idempotency-key-reused"


def test_key_belongs_to_its_api_key_and_path(world: World) -> None:
    ids = {
        caller.post("/v1/jobs", world.job(), once="k-1").get_json()["id"]
        for caller in (world.portal, world.other_portal, world.dispatcher)
    }
    assert len(ids) == 3
    batch = world.portal.post("/v1/jobs:batch", {"jobs": [world.job()]}, once="k-1")
    assert batch.status_code == 201
    assert "Idempotent-Replayed" not in batch.headers


def test_refusal_is_not_kept(world: World) -> None:
    assert world.portal.post("/v1/jobs", world.job(kind="no_such_kind"), once="k-1").status_code == 422
    assert world.portal.post("/v1/jobs", world.job(priority=101), once="k-1").status_code == 422
    assert world.portal.post("/v1/jobs", world.job(), once="k-1").status_code == 201


def test_fifty_at_once_with_one_key_make_one_job(any_world: World) -> None:
    def post(_: int) -> tuple[int, str]:
        answer = Caller(any_world.app, any_world.portal.key).post("/v1/jobs", any_world.job(), once="k-50")
        return answer.status_code, answer.text

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(post, range(50)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert len(any_world.portal.get("/v1/jobs").get_json()["items"]) == 1


POSTS: list[tuple[str, Any]] = [
    ("/v1/jobs", JOB),
    ("/v1/jobs:batch", {"jobs": [JOB]}),
    ("/v1/technicians", {"name": "Chloé", "home": {"lat": 48, "lon": -1}}),
    ("/v1/depots", {"name": "Noyal", "lat": 48.1, "lon": -1.5}),
    ("/v1/optimisations", {}),
]


@pytest.mark.parametrize(("path", "document"), POSTS)
def test_every_post_keeps_its_answer(world: World, path: str, document: Any) -> None:
    first, again = (world.dispatcher.post(path, document, once="k-1") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"


# ---- cursors ----


def test_list_is_walked_by_cursors(world: World) -> None:
    posted = [world.post_job()["id"] for _ in range(5)]
    seen: list[str] = []
    path: str | None = "/v1/jobs?limit=2"
    while path is not None:
        page = world.portal.get(path).get_json()
        assert len(page["items"]) <= 2
        seen += [job["id"] for job in page["items"]]
        path = f"/v1/jobs?limit=2&cursor={page['next']}" if page["next"] else None
    assert seen == posted


def test_cursor_of_another_list_or_maker_is_refused(world: World) -> None:
    for _ in range(2):
        world.post_job()
    cursor = world.portal.get("/v1/jobs?limit=1").get_json()["next"]
    for path in (
        f"/v1/kinds?cursor={cursor}",
        f"/v1/jobs?cursor={cursor}x",
        f"/v1/jobs?cursor={Cursors('another database').write('list_jobs', 1)}",
        "/v1/jobs?cursor=1",
        "/v1/jobs?cursor=",
    ):
        assert faults(world.portal.get(path)) == {("bad_format", "/cursor")}


def test_cursor_outlives_the_process(world: World) -> None:
    url = world.runtime.settings.database_url
    assert Cursors(url).read("list_jobs", Cursors(url).write("list_jobs", 41)) == 41
