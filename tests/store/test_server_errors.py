"""What stands in the way of a store on a server: told in plain words, waited for, and over when it is over.

Not here: URLs that are none (`test_urls.py`), what goes well (`test_server.py`).
"""

from __future__ import annotations

import threading

import psycopg
import pytest
from sqlalchemy import text

from dorsi.errors import StoreError
from dorsi.store import Store, check_store, store_path
from tests.postgres import PASSWORD, ROLE, Server, name_of
from tests.store.reports import made


def test_a_store_held_by_another_program_is_said(database: str) -> None:
    with Store(database, busy_s=0.05) as store, Store(database) as other:
        with other._database.writing():
            assert store.runners() == []
            with pytest.raises(StoreError, match="is in use by another program"):
                store.add_report("Ana", made())
        assert store.add_report("Ana", made()).outcome == "added"


def test_a_writer_that_was_never_heard_of_again_does_not_keep_the_store(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dorsi.store.postgres.IDLE_S", 0.3)
    with Store(database) as store, Store(database, busy_s=20) as other:

        def stall() -> None:
            with store._database.writing() as connection:
                connection.execute(text("INSERT INTO runner VALUES (1, 'Bo', 'bo', '')"))
                other.add_report("Ana", made())
                connection.execute(text("SELECT 1"))

        with pytest.raises(StoreError, match="is not reached"):
            stall()
        assert [each.name for each in other.runners()] == ["Ana"]
        # The next one gets a connection that works.
        assert len(store.runners()) == 1


def test_a_connection_that_was_cut_is_made_anew(server: Server, database: str) -> None:
    with Store(database) as store:
        store.add_report("Ana", made())
        server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'dorsi' AND pid <> pg_backend_pid()"
        )
        assert [each.name for each in store.runners()] == ["Ana"]


def test_who_finds_no_place_on_the_server_asks_again(server: Server) -> None:
    database = server.new_database("CONNECTION LIMIT 1")
    with psycopg.connect(host=str(server.folder), port=server.port, user=ROLE, dbname=database) as only:
        with pytest.raises(StoreError, match=r"is not reached \(.*too many connections"):
            Store(server.url(database), busy_s=0.3)
        timer = threading.Timer(0.5, only.close)
        timer.start()
        Store(server.url(database)).close()
        timer.join()


def test_a_damaged_moment_is_said(server: Server, database: str) -> None:
    with Store(database) as store:
        store.add_report("Ana", made())
        server.run("UPDATE runner SET added_at = 'soon'", name_of(database))
        with pytest.raises(StoreError, match="is damaged"):
            store.runners()


def test_a_store_must_be_there_where_none_is_to_be_made(server: Server, database: str) -> None:
    with pytest.raises(StoreError, match="there is no store yet"):
        Store(database, create=False)
    # It can be kept there, though, and nothing was made by looking.
    at = store_path(database)
    check_store(at)
    assert server.tables(database) == []
    with pytest.raises(StoreError, match="is not reached"):
        check_store(store_path("postgresql+psycopg://ann@127.0.0.1:1/dorsi"))


def test_what_the_server_refuses_is_said_in_plain_words(server: Server) -> None:
    name = server.new_database()
    Store(server.network_url(name)).close()
    server.run("CREATE ROLE guest LOGIN")
    guest = server.url(name).replace(f"{ROLE}@", "guest@")
    for url, code in (
        (server.network_url(name, password=PASSWORD[:-1]), "database_login_refused"),
        (server.network_url(name, role="nobody"), "database_login_refused"),
        (f"postgresql+psycopg://{ROLE}@127.0.0.1:{server.port}/{name}", "database_login_refused"),
        (server.network_url("nowhere"), "database_missing"),
        (guest, "database_not_permitted"),
        (f"postgresql+psycopg://{ROLE}:{PASSWORD[:2]}@127.0.0.1:1/{name}", "database_not_reached"),
        (f"postgresql+psycopg://{ROLE}:x@no.such.invalid/{name}", "database_not_reached"),
        (server.url(name, query="&sslmode=sometimes"), "database_not_reached"),
        (server.url(name, query="&bogus=1"), "store_unusable"),
    ):
        with pytest.raises(StoreError) as caught:
            Store(url)
        assert caught.value.code == code, caught.value
        assert "\n" not in str(caught.value)


def test_a_database_that_cannot_hold_every_name_is_refused(server: Server) -> None:
    name = server.new_database("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StoreError, match="holds texts in LATIN1"):
        Store(server.url(name))
    assert server.tables(server.url(name)) == []


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("40001", "store_in_use"), ("40P01", "store_in_use"), ("53100", "store_full"),
        ("25006", "store_read_only"), ("57P01", "database_not_reached"), ("XX001", "store_damaged"),
        ("22012", "store_unusable"),
    ],
)  # fmt: skip
def test_every_error_of_the_server_is_one_of_ours(database: str, state: str, code: str) -> None:
    with Store(database) as store:
        raised = text(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{state}'; END $$")
        with pytest.raises(StoreError) as caught, store._database.writing() as connection:
            connection.execute(raised)
        assert caught.value.code == code
        assert store.add_report("Ana", made()).outcome == "added"
