"""The command line `qn-xl`: one sentence for every failure, exit codes as in design section 7.

The commands live in qn_xl/commands/, by what they are for. Heavy modules are imported inside them, so that
`qn-xl --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qn_xl import __version__
from qn_xl.commands import look, papers, past, plans, run, tables, units, upkeep, workbook
from qn_xl.console import log_bug, say, show_text
from qn_xl.errors import QnXlError, SettingsError
from qn_xl.scratch import scratch

app = typer.Typer(
    name="qn-xl",
    help="Tổng hợp tiến độ nhiệm vụ từ bảng tính các đơn vị gửi: đọc, kiểm tra, tính, lập biểu.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (run, look, units, past, papers, plans, tables, upkeep, workbook):
    commands.register(app)

# typer carries click inside or beside it, depending on its version
WrongUse: type[Exception] = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="In phiên bản.")] = False) -> None:
    if version:
        show_text(f"qn-xl {__version__}")
        raise typer.Exit(0)


def main() -> None:
    """Run the command line; every failure is one Vietnamese sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_run())


def _run() -> int:
    try:
        with scratch():
            return app(standalone_mode=False) or 0
    except typer.Exit as done:
        return done.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say("Đã dừng theo yêu cầu.")
        return 130
    except WrongUse as error:
        say(f"Lệnh chưa đúng: {error.format_message()} Xem: qn-xl --help")  # type: ignore[attr-defined]
        return 2
    except SettingsError as error:
        say("Bảng cấu hình chưa hợp lệ:")
        for problem in error.problems:
            say(f"  - {problem}")
        return error.exit_code
    except QnXlError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        return 0
    except Exception as error:
        say(f"Chương trình gặp lỗi ({type(error).__name__}). Gửi tệp nhật ký này cho người phụ trách: {log_bug(error)}")
        return 1
