"""Who asks, and what they may: one place for every right.

    nobody     no session
    local      the person at this computer (one-person mode): may do everything but manage accounts
    account    a therapist, or an owner, who also manages accounts, links of others, books and the audit log
    link       a runner's invitation, or a phone paired with this computer: their own clips, nothing else

A right that is missing looks like a thing that is not there: DeskError "not_there" both times.
Not here: how a request proves who it is from (`web/security.py`, `accounts.py`, `links.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NoReturn

from dorsi.errors import DeskError

__all__ = ["NOBODY", "Who"]


@dataclass(frozen=True, slots=True)
class Who:
    """`name` is what is written down of them. `only_link` is a phone: of its runner's clips it sees those
    that came by its own link."""

    kind: Literal["nobody", "local", "account", "link"]
    name: str = ""
    role: Literal["owner", "therapist", ""] = ""
    account_id: str | None = None
    link_id: str | None = None
    runner_id: int | None = None
    only_link: bool = False

    @property
    def therapist(self) -> bool:
        """May see and review every runner's clips."""
        return self.kind in {"local", "account"}

    @property
    def owner(self) -> bool:
        """May manage accounts, books and read the audit log."""
        return self.kind == "local" or self.role == "owner"

    @property
    def known(self) -> bool:
        """Is anybody at all."""
        return self.kind != "nobody"

    def need_therapist(self) -> None:
        """Raise DeskError unless they may see and review every runner's clips."""
        self._need(self.therapist)

    def need_owner(self) -> None:
        """Raise DeskError unless they manage the desk."""
        self._need(self.owner)

    def need_runner(self, runner_id: int | None) -> None:
        """Raise DeskError unless they may see this runner's whole file: a therapist, or the runner, by an
        invitation."""
        mine = self.kind == "link" and not self.only_link and self.runner_id == runner_id is not None
        self._need(self.therapist or mine)

    def need_clip(self, runner_id: int | None, link_id: str | None) -> None:
        """Raise DeskError unless they may see a clip of this runner, which came by this link."""
        mine = self.kind == "link" and runner_id is not None and self.runner_id == runner_id
        self._need(self.therapist or (mine and (not self.only_link or self.link_id == link_id)))

    def nothing_there(self) -> NoReturn:
        """Say that there is nothing: the same for what is not there and for what is not theirs."""
        if self.known:
            raise DeskError("not_there")
        raise DeskError("log_in_first")

    def _need(self, right: bool) -> None:
        if not right:
            self.nothing_there()


NOBODY = Who("nobody")
