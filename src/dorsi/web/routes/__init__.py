"""All routes, in the order in which they are tried. Not here: the application (`app.py`)."""

from dorsi.web.routes import (
    accounts,
    api,
    clips,
    compare,
    home,
    inbox,
    links,
    me,
    review,
    runners,
    screens,
    settings,
    uploads,
)

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    module.router
    for module in (
        home, links, accounts, uploads, me, clips, inbox, review, compare, runners, screens, settings, api,
    )
)  # fmt: skip
