"""Recipes of Python's etcd3, each run through two servers over one store: recipes.py HOST:PORT HOST:PORT PREFIX RECIPE. It ends with 0 when the recipe
kept its promise, and with what it did not keep on standard error otherwise."""

import sys
import threading
import time

import etcd3
from etcd3 import exceptions

TIME_LIMIT = 40


def connect(endpoint):
    host, port = endpoint.rsplit(":", 1)
    return etcd3.client(host=host, port=int(port), timeout=TIME_LIMIT)


def together(works):
    """Runs each in a thread of its own; the first error is raised."""
    errors = []

    def guarded(work):
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIME_LIMIT)
        assert not thread.is_alive(), "a worker did not come to an end"
    if errors:
        raise errors[0]


def lock(clients, prefix):
    """Counts without a transaction: whoever is not alone loses counts."""
    workers, rounds = 4, 3
    counter = prefix + "counter"
    clients[0].put(counter, "0")

    def work(which):
        client = clients[which % 2]
        for _ in range(rounds):
            held = client.lock(prefix + "lock", ttl=10)
            deadline = time.monotonic() + TIME_LIMIT
            # The client begins to watch after it was refused, and sleeps through a release between the two.
            while not held.acquire(timeout=0.5):
                assert time.monotonic() < deadline, "the lock was not to be had"
            assert held.is_acquired()
            count = int(client.get(counter)[0])
            client.put(counter, str(count + 1))
            assert held.release(), "the lock was lost before it was given back"

    together([lambda which=which: work(which) for which in range(workers)])
    assert int(clients[1].get(counter)[0]) == workers * rounds


def lock_expires(clients, prefix):
    first, second = (client.lock(prefix, ttl=2) for client in clients)
    assert first.acquire()
    assert not second.acquire(timeout=0), "two hold the lock"
    first.refresh()
    assert second.acquire(timeout=10), "the lock outlived its lease"
    assert not first.is_acquired()
    assert not first.release()


def transactions(clients, prefix):
    """Compare and swap through both servers: no update is lost."""
    key = prefix + "number"
    clients[0].put(key, "0")

    def work(client):
        for _ in range(10):
            for _ in range(1000):
                value, _ = client.get(key)
                if client.replace(key, value, str(int(value) + 1)):
                    break
            else:
                raise AssertionError("never the first")

    together([lambda client=client: work(client) for client in clients * 2])
    assert int(clients[0].get(key)[0]) == 40
    clients[1].put_if_not_exists(key, "other")
    first, second = clients[0].transactions, clients[1].transactions
    succeeded, replies = clients[0].transaction(
        compare=[first.value(key) == "40", first.version(key) > 40, first.create(prefix + "none") == 0],
        success=[first.put(prefix + "done", "yes"), first.get(key)],
        failure=[],
    )
    assert succeeded and replies[1][0][0] == b"40"
    succeeded, replies = clients[1].transaction(
        compare=[second.mod(key) == 1],
        success=[],
        failure=[second.get(prefix + "done"), second.delete(prefix + "done")],
    )
    assert not succeeded and replies[0][0][0] == b"yes"
    assert clients[0].get(prefix + "done")[0] is None


def watch(clients, prefix):
    """What is written through one server is seen through the other, in order, also from the past."""
    seen, ended = [], threading.Event()

    def take(response):
        for event in response.events:
            seen.append((type(event).__name__, event.key, event.value))
            if event.key == (prefix + "end").encode():
                ended.set()

    first = clients[0].put(prefix + "a", "0")
    watch_id = clients[1].add_watch_prefix_callback(prefix, take, start_revision=first.header.revision)
    for count in range(1, 20):
        clients[count % 2].put(prefix + "a", str(count))
    clients[0].delete(prefix + "a")
    clients[0].put(prefix + "end", "")
    assert ended.wait(TIME_LIMIT), "the last event did not come"
    clients[1].cancel_watch(watch_id)
    key = (prefix + "a").encode()
    expected = [("PutEvent", key, str(count).encode()) for count in range(20)]
    assert seen == expected + [("DeleteEvent", key, b""), ("PutEvent", (prefix + "end").encode(), b"")], seen
    try:
        clients[0].watch_once(prefix + "quiet", timeout=0.2)
    except exceptions.WatchTimedOut:
        pass
    else:
        raise AssertionError("a watch saw what did not happen")


def leases(clients, prefix):
    lease = clients[0].lease(30)
    clients[0].put(prefix + "kept", "", lease=lease)
    assert lease.granted_ttl == 30 and 0 < lease.remaining_ttl <= 30
    assert lease.keys == [(prefix + "kept").encode()]
    assert [reply.TTL for reply in clients[1].refresh_lease(lease.id)] == [30]
    clients[1].revoke_lease(lease.id)
    assert clients[0].get(prefix + "kept")[0] is None
    short = clients[1].lease(2)
    clients[0].put(prefix + "short", "", lease=short)
    deadline = time.monotonic() + 10
    while clients[0].get(prefix + "short")[0] is not None:
        assert time.monotonic() < deadline, "the key outlived its lease"
        time.sleep(0.1)


def keys(clients, prefix):
    for name in "cab":
        clients[0].put(prefix + name, name.upper())
    assert [value for value, _ in clients[1].get_prefix(prefix)] == [b"A", b"B", b"C"]
    found = clients[1].get_prefix(prefix, sort_order="descend", sort_target="create")
    assert [value for value, _ in found] == [b"B", b"A", b"C"]
    assert [value for value, _ in clients[1].get_range(prefix + "b", prefix + "d")] == [b"B", b"C"]
    assert clients[1].delete_prefix(prefix).deleted == 3


def status(clients, _prefix):
    first, second = (client.status() for client in clients)
    assert first.version.startswith("3.") and first.version == second.version
    assert first.db_size > 0
    assert first.leader is not None
    assert len({member.id for member in clients[0].members}) == 2
    assert {member.id for member in clients[0].members} == {member.id for member in clients[1].members}
    assert list(clients[0].list_alarms()) == []


RECIPES = {
    "lock": lock,
    "lock-expires": lock_expires,
    "transactions": transactions,
    "watch": watch,
    "leases": leases,
    "keys": keys,
    "status": status,
}

if __name__ == "__main__":
    _, one, other, given_prefix, recipe = sys.argv
    RECIPES[recipe]([connect(one), connect(other)], given_prefix)
