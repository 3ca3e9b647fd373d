"""What is kept of every runner: whole reports, their values and provenance, in one SQLite file or in the
database of a PostgreSQL server.

Not here: comparing measurements (`progress`), where result files land (`workflow/folders.py`).
"""

from dorsi.names import clean_name
from dorsi.store.dates import date_of
from dorsi.store.place import StoreAt, check_writable, store_path
from dorsi.store.records import Imported, Kept, Point, Record, Runner, Screen
from dorsi.store.store import Store, check_store, import_export

__all__ = [
    "Imported", "Kept", "Point", "Record", "Runner", "Screen", "Store", "StoreAt", "check_store",
    "check_writable", "clean_name", "date_of", "import_export", "store_path",
]  # fmt: skip
