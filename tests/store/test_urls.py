"""The URL of a store on a server: what is one, and that no password is ever shown.

Not here: what needs a server (`test_server.py`, `test_server_errors.py`).
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from dorsi.desk.place import place_at
from dorsi.errors import StoreError
from dorsi.store import Store, store_path
from dorsi.store.place import DatabaseUrl

SECRET = "s3cret"  # noqa: S105  of nobody
URL = f"postgresql+psycopg://ann:{SECRET}@db.example.org:5433/dorsi?sslpassword={SECRET}&sslmode=require"
SHOWN = "postgresql+psycopg://ann:***@db.example.org:5433/dorsi"


@pytest.fixture(autouse=True)
def _no_store_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DORSI_STORE", raising=False)


def test_a_url_names_a_database_and_is_shown_without_password_and_options() -> None:
    at = store_path(URL)
    assert isinstance(at, DatabaseUrl)
    assert (at.url.password, at.url.query["sslpassword"]) == (SECRET, SECRET)
    assert str(at) == repr(at) == f"{at}" == SHOWN
    assert StoreError("store_in_use", path=at).params == {"path": SHOWN}
    assert store_path(at) is at
    # A worker is a process of its own.
    assert pickle.loads(pickle.dumps(at)) == at  # noqa: S301  ours


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("postgresql://ann@/dorsi?host=/run/postgresql", "dorsi"),
        ("postgresql+psycopg:///dorsi", "dorsi"),
        ("postgresql+psycopg://ann:a%40b%2F@[::1]:5432/d", "d"),
    ],
)
def test_however_a_url_is_written_the_driver_is_one(url: str, database: str) -> None:
    at = store_path(url)
    assert isinstance(at, DatabaseUrl)
    assert (at.url.drivername, at.url.database) == ("postgresql+psycopg", database)


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://ann:{SECRET}@host/dorsi",
        f"postgresql+psycopg2://ann:{SECRET}@host/dorsi",
        f"postgresql+psycopg://ann:{SECRET}@host",
        f"postgresql+psycopg://ann:{SECRET}@host/",
        f"postgresql+psycopg://ann:{SECRET}@host:port/dorsi",
        # Signs of a password that had to be written as %40 and %2F.
        f"postgresql+psycopg://ann:p@{SECRET}@host/dorsi",
        f"postgresql+psycopg://ann:p@{SECRET}/{SECRET}@host/dorsi",
        f"https://ann:{SECRET}@host/dorsi",
        f"postgresql+psycopg://{SECRET}",
        "sqlite:///store.db",
    ],
)
def test_what_is_no_url_of_a_store_is_said_and_nothing_of_it_shown(url: str) -> None:
    with pytest.raises(StoreError, match=r"^[a-z0-9+]+://… is no address of a store\. Write it as") as caught:
        Store(url)
    assert SECRET not in str(caught.value) and SECRET not in str(caught.value.params)


def test_a_path_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("postgresql:x", "C:/store.db", "postgresql"):
        assert store_path(name) == tmp_path / name


def test_without_its_libraries_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"Install Dorsi with its extra: dorsi\[postgres\]") as caught:
        Store(URL)
    assert SECRET not in str(caught.value)


def test_which_store_a_data_folder_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, mine = tmp_path / "dorsi.sqlite3", tmp_path / "mine.db"
    assert place_at(tmp_path).store == own
    assert place_at(tmp_path, mine).store == mine
    assert str(place_at(tmp_path, URL).store) == SHOWN
    monkeypatch.setenv("DORSI_STORE", str(mine))
    assert (place_at(tmp_path).store, place_at().store) == (own, mine)
    monkeypatch.setenv("DORSI_STORE", URL)
    assert str(place_at(tmp_path).store) == str(place_at().store) == SHOWN
    assert place_at(tmp_path, mine).store == mine
    assert place_at(tmp_path).clips == tmp_path / "clips"
