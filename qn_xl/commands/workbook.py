"""For developers: Progress.xlsm from its sources."""

from __future__ import annotations

from pathlib import Path

import typer

from qn_xl.console import say, show_text
from qn_xl.errors import UsageError

group = typer.Typer(help="Cho người phát triển: dựng Progress.xlsm từ nguồn.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="workbook")


def _checkout() -> Path:
    here = Path.cwd()
    if not (here / "workbook" / "src").is_dir():
        raise UsageError("Chạy lệnh này ở thư mục gốc của mã nguồn (có workbook/src).")
    return here


@group.command()
def build() -> None:
    """Dựng workbook/Progress.xlsm và các tệp đi kèm gói từ workbook/src."""
    from qn_xl.excel.sources import write_workbook

    changed = write_workbook(_checkout())
    show_text("Đã ghi: " + ", ".join(changed) if changed else "Không có gì thay đổi.")


@group.command()
def check() -> None:
    """Cho biết workbook/Progress.xlsm có khớp nguồn không và khác ở đâu."""
    from qn_xl.excel.sources import check_workbook

    differences = check_workbook(_checkout())
    for line in differences:
        say(line)
    if differences:
        raise typer.Exit(20)
    show_text("Progress.xlsm khớp nguồn.")
