"""Clerks add the same department, room and period, and others, at the same time."""

from typing import Any

from infra.local.local_stack import LocalStack
from tests.concurrency import desk_clients, naive
from tests.concurrency.client_pool import ClientPool
from tests.staffed_hospital import StaffedHospital

CLICKS = 8


def bodies(staffed: StaffedHospital, number: int) -> list[tuple[str, dict[str, Any]]]:
    department_id = staffed.rooms[0]["department_id"]
    return [
        ("departments", {"department_name": f"แผนกที่ {number}"}),
        ("rooms", {"room_name": f"ห้องที่ {number}", "department_id": department_id, "queue_code": "R"}),
        ("periods", {"period_name": f"ช่วงที่ {number}", "time_start": "13:00:00", "time_finish": "13:59:59"}),
    ]


def test_what_many_clerks_add_at_once_comes_once_and_what_each_adds_alone_comes_too(
    staffed: StaffedHospital, urls: list[str], client_pool: ClientPool
) -> None:
    wanted = bodies(staffed, 0) * CLICKS + [one for number in range(1, 5) for one in bodies(staffed, number)]
    given = [(urls[n % 2], staffed.clerks[n % 3].token, what, body) for n, (what, body) in enumerate(wanted)]

    answers = client_pool.run(desk_clients.add_to_catalogue, given)

    for kind, (what, body) in enumerate(bodies(staffed, 0)):
        same = answers[kind : 3 * CLICKS : 3]
        assert all(one == same[0] for one in same), "each got another answer"
        number, name = f"{what[:-1]}_id", next(iter(body))
        listed = staffed.clerk.call("GET", f"/api/dashboard/{what}").result
        assert [one[name] for one in listed].count(body[name]) == 1
        assert len({one[number] for one in listed}) == len(listed), "two have one number"
    assert all(
        answer in staffed.clerk.call("GET", f"/api/dashboard/{what}").result
        for (what, _), answer in zip(wanted, answers, strict=True)
    )


def test_of_clerks_who_give_several_the_same_name_at_once_one_gets_it(
    staffed: StaffedHospital, urls: list[str], client_pool: ClientPool
) -> None:
    for kind in range(3):
        changes = []
        for number in range(CLICKS):
            what, body = bodies(staffed, 100 + number)[kind]
            made = staffed.clerk.call("POST", f"/api/dashboard/{what}", body=body).result
            changes.append((f"/api/dashboard/{what}/{made[f'{what[:-1]}_id']}", body))
        name = next(iter(body))
        wanted = [(path, {**body, name: "ชื่อเดียวกัน", "version": 1}) for path, body in changes]
        given = [(urls[n % 2], staffed.clerks[n % 3].token, path, body) for n, (path, body) in enumerate(wanted)]

        codes = client_pool.run(desk_clients.rename_in_catalogue, given)

        listed = staffed.clerk.call("GET", f"/api/dashboard/{what}").result
        assert sorted(codes) == ["NameTaken"] * (CLICKS - 1) + ["OK"]
        assert [one[name] for one in listed].count("ชื่อเดียวกัน") == 1


def test_somebody_who_looks_and_then_adds_makes_it_twice(local_stack: LocalStack, client_pool: ClientPool) -> None:
    """Negative control: add without the hospital's next number, on this very engine."""
    with naive.tables(local_stack.endpoint):
        client_pool.run(naive.copy, [(local_stack.endpoint, 2)] * 16)
        made = naive.Table(local_stack.endpoint, "schedules").periods()

    assert made.count(2) > 1
