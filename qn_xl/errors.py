"""The few errors that stop a command; each is one Vietnamese sentence with the way out."""

from __future__ import annotations


class QnXlError(Exception):
    """Base: `exit_code` is what the command returns (design, section 7)."""

    exit_code = 1


class UsageError(QnXlError):
    exit_code = 2


class BusyError(QnXlError):
    """Another run is under way."""

    exit_code = 23


class OutputLockedError(QnXlError):
    """An output is open in Excel or cannot be written."""

    exit_code = 24


class SettingsError(QnXlError):
    """The workspace's tables are invalid; `problems` lists all of them."""

    exit_code = 25

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Bảng cấu hình chưa hợp lệ: " + "; ".join(problems))
