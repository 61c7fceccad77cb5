"""The office's own papers: its table filled, its report written, its pictures drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qn_xl.console import AsOf, Folder, Json, read_day, show, show_json
from qn_xl.errors import UsageError

if TYPE_CHECKING:
    from qn_xl.functions import Functions
    from qn_xl.history import History
    from qn_xl.model import Snapshot
    from qn_xl.outputs.fill_result import Filled
    from qn_xl.outputs.fill_values import Answer, Ask, Grid, Value


def register(app: typer.Typer) -> None:
    for command in (fill, document, charts):
        app.command()(command)


def fill(
    template: Annotated[Path, typer.Argument(help="Biểu mẫu .xlsx, .xlsm; hoặc ba-lop, chinh-phu, day-du.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp kết quả, cùng loại với mẫu.")],
    folder: Folder = Path(),
    as_of: AsOf = None,
    keep_formulas: Annotated[
        bool, typer.Option("--keep-formulas", help="Giữ công thức QN_, chỉ ghi giá trị (sổ có macro).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Điền biểu của cơ quan: thay hàm QN_ và chỗ {{…}} bằng số liệu, giữ nguyên phần còn lại."""
    from qn_xl.outputs.fill import fill as run
    from qn_xl.outputs.fill import write
    from qn_xl.outputs.shipped import template as shipped

    if not template.exists():
        template = shipped(str(template)) or template
    if out.suffix.lower() != template.suffix.lower():
        raise UsageError(f"Tệp kết quả phải là {template.suffix} như mẫu, không phải “{out.name}”.")
    if out.exists() and template.exists() and out.samefile(template):
        raise UsageError("Tệp kết quả trùng với mẫu. Ghi tên khác ở -o để giữ mẫu.")
    snapshot, history = latest(folder, as_of)
    filled = run(template, snapshot, asker(_functions(snapshot, history)), keep_formulas=keep_formulas)
    write(filled, out)
    if as_json:
        files = {"template": str(template), "output": str(out)}
        show_json({**files, "run": snapshot.run, "as_of": snapshot.as_of.isoformat(), **filled.document()})
    else:
        _show_filled(filled, out, snapshot)
    raise typer.Exit(20 if filled.problems else 0)


def _show_filled(filled: Filled, out: Path, snapshot: Snapshot) -> None:
    for one in filled.changes:
        show(f"{one.sheet} › {one.cell}: {one.was} → {one.now}")
    show(f"Đã điền {len(filled.changes)} chỗ: {out}")
    show(f"Ngày chốt {snapshot.as_of:%d/%m/%Y}; lần chạy {snapshot.run}.")
    if filled.recomputed:
        show(f"{filled.recomputed} công thức đã tính lại bằng LibreOffice; Excel sẽ tính lại khi mở.")
    if filled.waiting:
        show(f"{filled.waiting} công thức sẽ được tính khi mở tệp bằng Excel.")
    for problem in filled.problems:
        show(f"LỖI      {problem.sheet} › {problem.cell}  {problem.seen}: {problem.message}")


def latest(folder: Path, as_of: str | None) -> tuple[Snapshot, History]:
    """Return the last snapshot of a workspace, or the last with a cut-off date.

    Raises:
        UsageError: nothing has been consolidated.
    """
    from qn_xl.history import History
    from qn_xl.workspace import Workspace

    history = History(Workspace(folder).history)
    day = read_day(as_of)
    snapshot = history.latest(as_of=day)
    if snapshot is None:
        when = f" chốt ngày {day:%d/%m/%Y}" if day else ""
        raise UsageError(f"Chưa có lần tổng hợp nào{when}. Chạy trước: qn-xl consolidate")
    return snapshot, history


def _functions(snapshot: Snapshot, history: History) -> Functions:
    from qn_xl.functions import Functions
    from qn_xl.functions_snapshot import FromHistory

    return Functions(snapshot, FromHistory(history))


def asker(functions: Functions) -> Ask:
    """Return what answers the QN_ calls of a template over a snapshot."""
    from qn_xl.functions_registry import answer
    from qn_xl.functions_values import QnError, QnNoBase
    from qn_xl.outputs.fill_values import Failure, Refused

    def ask(name: str, arguments: Sequence[Value | Grid]) -> Answer:
        try:
            found = answer(functions, name, arguments)  # type: ignore[arg-type]
        except KeyError:
            raise Refused("#NAME?", f"không có hàm {name}") from None
        except QnError as error:
            raise Refused(error.cell, str(error), not isinstance(error, QnNoBase)) from error
        if isinstance(found, list):
            return [[Failure(one.cell) if isinstance(one, QnError) else one for one in row] for row in found]
        return found

    return ask


def document(
    folder: Folder = Path(),
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Tệp .docx; bỏ trống: bao-cao của kỳ.")] = None,
    as_of: AsOf = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="In thêm PDF của báo cáo và của biểu (cần LibreOffice).")] = False,
) -> None:
    """Lập báo cáo Word theo Nghị định 30: câu từng kế hoạch, nhiệm vụ chậm theo đơn vị, biểu tổng hợp ở phụ lục."""
    from qn_xl.outputs import document as paper
    from qn_xl.outputs.libreoffice import NotConverted
    from qn_xl.workspace import Workspace

    snapshot, _ = latest(folder, as_of)
    if out is None:
        out = Workspace(folder).outputs(snapshot.period) / f"bao-cao-{snapshot.period}.docx"
    if out.suffix.lower() != ".docx":
        raise UsageError(f"Báo cáo Word phải là tệp .docx, không phải “{out.name}”.")
    paper.write(out, snapshot)
    show(f"Báo cáo: {out}")
    if not pdf:
        return
    summary = out.with_name(f"{out.stem}-bieu-tong-hop.pdf")
    try:
        paper.write_pdf(out, out.with_suffix(".pdf"))
        paper.write_summary_pdf(summary, snapshot)
    except NotConverted as error:
        raise UsageError(f"Chưa in được PDF: {error}. Mở tệp Word rồi lưu thành PDF.") from error
    show(f"PDF: {out.with_suffix('.pdf')}")
    show(f"Biểu tổng hợp PDF: {summary}")


def charts(
    folder: Folder = Path(),
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Thư mục ảnh; bỏ trống: bao-cao của kỳ.")] = None,
    as_of: AsOf = None,
) -> None:
    """Vẽ biểu đồ PNG, SVG cho bản trình chiếu: tiến độ, chậm theo đơn vị, theo số ngày, xu hướng."""
    from qn_xl.outputs.charts import write_all
    from qn_xl.workspace import Workspace

    snapshot, history = latest(folder, as_of)
    target = out or Workspace(folder).outputs(snapshot.period) / "bieu-do"
    for path in write_all(target, snapshot, history.runs(), history.figures):
        show(f"Ảnh: {path}")
