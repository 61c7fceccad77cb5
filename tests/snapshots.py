"""A made-up snapshot that has exactly the figures the office published for 9 months of 2025.

Tasks are invented; units are the province's own. Nothing is random: the same call gives the same records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TypeVar

from qn_xl.model import (
    DONE,
    OPEN,
    Address,
    Class,
    Decision,
    Fate,
    Finding,
    InputFile,
    Item,
    Kind,
    Plan,
    Received,
    Return,
    Severity,
    Snapshot,
    Unit,
    UnitResult,
)
from qn_xl.rules.catalogue import finding
from qn_xl.rules.figures import cube

Record = TypeVar("Record", Item, UnitResult)
AS_OF = date(2025, 9, 30)
PERIOD = "2025-9T"

PLANS = (
    Plan(
        id="138",
        symbol="138/KH-UBND",
        title="Thực hiện nghị quyết của Bộ Chính trị, nghị quyết của Chính phủ, kế hoạch của Ban Thường vụ"
        " Tỉnh ủy về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia",
        issued_on=date(2025, 5, 21),
        year=2025,
        issuer="UBND tỉnh",
        aliases=("Kế hoạch số 138/KH-UBND", "KH 138"),
    ),
    Plan(
        id="157",
        symbol="157/KH-UBND",
        title="Sửa đổi, bổ sung một số nội dung chuyển đổi số toàn diện tỉnh Quảng Ninh năm 2025",
        issued_on=date(2025, 6, 9),
        year=2025,
        issuer="UBND tỉnh",
        aliases=("Kế hoạch số 157/KH-UBND", "KH 157"),
    ),
    Plan(
        id="02",
        symbol="02-KH/BCĐ",
        title="Kế hoạch của Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số tỉnh",
        issued_on=date(2025, 6, 24),
        year=2025,
        issuer="Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số tỉnh",
        aliases=("Kế hoạch số 02-KH/BCĐ", "KH 02"),
    ),
    Plan(
        id="06",
        symbol="Đề án 06",
        title="",
        year=2025,
        issuer="",
        aliases=("ĐA 06", "Đề án số 06"),
    ),
)


def _unit(id: str, name: str, group: str, abbreviation: str = "", *aliases: str) -> Unit:
    return Unit(id=id, name=name, group=group, abbreviation=abbreviation, aliases=aliases)


UNITS = (
    _unit("VPUB", "Văn phòng UBND tỉnh", "so-nganh", "VP UBND", "Văn phòng Ủy ban nhân dân tỉnh"),
    _unit("STC", "Sở Tài chính", "so-nganh", "STC"),
    _unit("SNV", "Sở Nội vụ", "so-nganh", "SNV"),
    _unit("SXD", "Sở Xây dựng", "so-nganh", "SXD"),
    _unit("SKHCN", "Sở Khoa học và Công nghệ", "so-nganh", "SKHCN", "Sở KH&CN", "Sở TT&TT"),
    _unit("SNNMT", "Sở Nông nghiệp và Môi trường", "so-nganh", "SNNMT", "Sở NN&MT"),
    _unit("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch", "so-nganh", "SVHTTDL", "Sở VHTT&DL"),
    _unit("SDTTG", "Sở Dân tộc và Tôn giáo", "so-nganh", "SDTTG"),
    _unit("SYT", "Sở Y tế", "so-nganh", "SYT"),
    _unit("SGDDT", "Sở Giáo dục và Đào tạo", "so-nganh", "SGDĐT", "Sở GD&ĐT"),
    _unit("SCT", "Sở Công Thương", "so-nganh", "SCT"),
    _unit("STP", "Sở Tư pháp", "so-nganh", "STP"),
    _unit("SNGV", "Sở Ngoại vụ", "so-nganh", "SNgV"),
    _unit("TTT", "Thanh tra tỉnh", "so-nganh", "TTT"),
    _unit("CAT", "Công an tỉnh", "khac", "CAT"),
    _unit("BQLKKT", "Ban Quản lý Khu kinh tế Quảng Ninh", "khac", "BQL KKT"),
    _unit("TTPVHCC", "Trung tâm Phục vụ hành chính công tỉnh", "khac", "TTPVHCC"),
    _unit("P-HA-LONG", "Phường Hạ Long", "xa-phuong"),
    _unit("P-BAI-CHAY", "Phường Bãi Cháy", "xa-phuong"),
    _unit("P-CAM-PHA", "Phường Cẩm Phả", "xa-phuong"),
    _unit("P-UONG-BI", "Phường Uông Bí", "xa-phuong"),
    _unit("P-MONG-CAI-1", "Phường Móng Cái 1", "xa-phuong"),
    _unit("X-DAM-HA", "Xã Đầm Hà", "xa-phuong"),
    _unit("X-BA-CHE", "Xã Ba Chẽ", "xa-phuong"),
    _unit("X-TIEN-YEN", "Xã Tiên Yên", "xa-phuong"),
    _unit("DK-VAN-DON", "Đặc khu Vân Đồn", "xa-phuong"),
    _unit("DK-CO-TO", "Đặc khu Cô Tô", "xa-phuong"),
)
COMMUNES = tuple(unit.id for unit in UNITS if unit.group == "xa-phuong")
LEADS = tuple(unit.id for unit in UNITS if unit.group != "xa-phuong")
NAME = {unit.id: unit.name for unit in UNITS}


@dataclass(frozen=True)
class Block:
    """How many items of each class one kind of one plan has."""

    plan: str
    kind: Kind
    counts: dict[Class, int]
    central: int = 0


BLOCKS = (
    Block(
        "138",
        Kind.TASK,
        {
            Class.DONE_ON_TIME: 22,
            Class.DONE_LATE: 7,
            Class.DONE_UNDATED: 4,
            Class.IN_PROGRESS: 17,
            Class.OVERDUE: 21,
        },
    ),
    Block(
        "157",
        Kind.TARGET,
        {Class.DONE_ON_TIME: 7, Class.DONE_UNDATED: 4, Class.IN_PROGRESS: 9, Class.OVERDUE: 2},
    ),
    Block(
        "157",
        Kind.TASK,
        {
            Class.DONE_ON_TIME: 10,
            Class.DONE_LATE: 3,
            Class.DONE_UNDATED: 1,
            Class.IN_PROGRESS: 14,
            Class.OVERDUE: 8,
            Class.RECURRING: 5,
            Class.NO_DEADLINE: 2,
            Class.STOPPED: 1,
        },
    ),
    Block("157", Kind.PROJECT, {Class.IN_PROGRESS: 16}),
    Block("02", Kind.TASK, {Class.DONE_ON_TIME: 20, Class.DONE_LATE: 4, Class.IN_PROGRESS: 7}),
    Block(
        "06",
        Kind.TASK,
        {
            Class.DONE_ON_TIME: 45,
            Class.DONE_LATE: 9,
            Class.DONE_UNDATED: 3,
            Class.IN_PROGRESS: 43,
            Class.RECURRING: 33,
        },
        central=12,
    ),
)

_VERBS = (
    "Xây dựng", "Hoàn thiện", "Triển khai", "Nâng cấp", "Kết nối, chia sẻ", "Ban hành quy chế quản lý",
    "Số hóa", "Rà soát, chuẩn hóa", "Tổ chức tập huấn sử dụng", "Đưa vào vận hành",
)  # fmt: skip
_OBJECTS = (
    "cơ sở dữ liệu hộ tịch điện tử",
    "nền tảng tích hợp, chia sẻ dữ liệu dùng chung của tỉnh",
    "hồ sơ sức khỏe điện tử của người dân",
    "hệ thống thông tin giải quyết thủ tục hành chính",
    "cơ sở dữ liệu đất đai tại các xã, phường, đặc khu",
    "hệ thống hội nghị truyền hình trực tuyến hai cấp",
    "nền tảng học tập số cho giáo viên",
    "cổng dữ liệu mở của tỉnh",
    "phần mềm quản lý nhiệm vụ khoa học và công nghệ",
    "hệ thống giám sát an toàn thông tin tập trung",
    "bản đồ số du lịch Quảng Ninh",
    "tổ công nghệ số cộng đồng ở thôn, khu phố",
    "hạ tầng mạng di động 5G tại khu, cụm công nghiệp",
    "kho dữ liệu điện tử của tổ chức, cá nhân",
)
_TARGETS = (
    "Tỷ lệ hồ sơ thủ tục hành chính nộp trực tuyến",
    "Tỷ lệ số hóa kết quả giải quyết thủ tục hành chính",
    "Tỷ lệ hộ gia đình có kết nối Internet băng rộng",
    "Tỷ lệ người dân trưởng thành có tài khoản định danh điện tử",
    "Tỷ lệ thanh toán trực tuyến trên cổng dịch vụ công",
    "Tỷ lệ cán bộ, công chức được tập huấn kỹ năng số",
    "Tỷ trọng kinh tế số trong GRDP",
    "Tỷ lệ cơ sở khám chữa bệnh dùng bệnh án điện tử",
    "Tỷ lệ doanh nghiệp sử dụng hợp đồng điện tử",
    "Tỷ lệ trường học triển khai học bạ số",
    "Tỷ lệ thôn, khu phố được phủ sóng 5G",
)
_GROUPS = ("I. Hoàn thiện thể chế", "II. Phát triển hạ tầng, dữ liệu", "III. Phục vụ người dân")
_SAID = {
    Class.DONE_ON_TIME: "Đã hoàn thành",
    Class.DONE_LATE: "Hoàn thành (quá hạn)",
    Class.DONE_UNDATED: "Hoàn thành",
    Class.IN_PROGRESS: "Đang thực hiện",
    Class.OVERDUE: "Chậm tiến độ",
    Class.RECURRING: "Duy trì thường xuyên",
    Class.NO_DEADLINE: "Đang triển khai",
    Class.STOPPED: "Tạm dừng",
}
_BASIS = {
    Class.DONE_ON_TIME: "Ngày hoàn thành không sau hạn",
    Class.DONE_LATE: "Ngày hoàn thành sau hạn",
    Class.DONE_UNDATED: "Đơn vị ghi hoàn thành, không ghi ngày",
    Class.IN_PROGRESS: "Chưa hoàn thành, hạn chưa qua ngày chốt",
    Class.OVERDUE: "Chưa hoàn thành, hạn trước ngày chốt",
    Class.RECURRING: "Nhiệm vụ thường xuyên",
    Class.NO_DEADLINE: "Chưa hoàn thành, không xác định được thời hạn",
    Class.STOPPED: "Có quyết định tạm dừng",
}


def _text(block: int, kind: Kind, index: int) -> str:
    if kind is Kind.TARGET:
        return _TARGETS[index % len(_TARGETS)] + (" năm 2025" if index < len(_TARGETS) else " ở cấp xã")
    return f"{_VERBS[index % len(_VERBS)]} {_OBJECTS[(index // len(_VERBS) + block * 5) % len(_OBJECTS)]}"


def _dates(cls: Class, index: int) -> tuple[date | None, date | None, int | None]:
    """Return (due, completed on, days late) that agree with the class at AS_OF."""
    if cls is Class.DONE_ON_TIME:
        due = date(2025, 6, 30) + timedelta(days=index % 4 * 30)
        return due, min(due, AS_OF) - timedelta(days=index % 12), None
    if cls is Class.DONE_LATE:
        due = date(2025, 7, 31)
        return due, due + timedelta(days=3 + index % 20), 3 + index % 20
    if cls is Class.DONE_UNDATED:
        return date(2025, 8, 31), None, None
    if cls is Class.IN_PROGRESS:
        return date(2025, 10, 5) + timedelta(days=index % 9 * 10), None, None
    if cls is Class.OVERDUE:
        due = date(2025, 7, 31) + timedelta(days=index % 6 * 12)
        return due, None, (AS_OF - due).days
    return (date(2025, 12, 31) if cls is Class.STOPPED else None), None, None


def _owners(kind: Kind, cls: Class, index: int) -> tuple[tuple[str, ...], str]:
    """Return the units that owe an item and the lead cell as written."""
    if index % 17 == 5:
        return COMMUNES, "UBND các xã, phường, đặc khu"
    lead = LEADS[index % len(LEADS)]
    if index % 7 == 3:
        other = LEADS[(index + 4) % len(LEADS)]
        return (lead, other), f"{NAME[lead]}; {NAME[other]}"
    return (lead,), NAME[lead]


def _part(cls: Class, place: int, owners: int, item: Item) -> tuple[Class, date | None, int | None]:
    """Class, completion date and days late of one unit of a joint item: the first unit decides the item."""
    if place == 0 or cls not in (Class.IN_PROGRESS, Class.OVERDUE):
        return cls, item.completed_on, item.days_late
    if place % 2 and owners > 1:
        return Class.DONE_ON_TIME, min(item.due or AS_OF, AS_OF) - timedelta(days=2), None
    return cls, None, item.days_late


def _items() -> tuple[tuple[Item, ...], tuple[UnitResult, ...]]:
    items: list[Item] = []
    results: list[UnitResult] = []
    for block_number, block in enumerate(BLOCKS):
        classes = [cls for cls, count in block.counts.items() for _ in range(count)]
        central_left = block.central
        for index, cls in enumerate(classes):
            due, completed, late = _dates(cls, index)
            units, lead_text = _owners(block.kind, cls, index)
            central = cls in OPEN and central_left > 0
            central_left -= central
            code = {Kind.TARGET: "CT", Kind.TASK: "NV", Kind.PROJECT: "DA"}[block.kind]
            missing = cls is Class.IN_PROGRESS and index % 16 == 11
            carried = 1 if cls is Class.DONE_ON_TIME and index % 19 == 18 else None
            sheet = f"KH {block.plan}"
            where = Address(f"{units[0]}/{units[0]}_bao cao 9 thang.xlsx", sheet, f"C{7 + index}")
            target = block.kind is Kind.TARGET
            item = Item(
                id=f"{block.plan}-{code}{index + 1:03d}",
                plan=block.plan,
                kind=block.kind,
                number=f"{index // 10 + 1}.{index % 10 + 1}",
                task=_text(block_number, block.kind, index),
                group=_GROUPS[index % 3],
                units=units,
                lead_text=lead_text,
                deadline_text="Thường xuyên" if cls is Class.RECURRING else f"{due:%d/%m/%Y}" if due else "",
                due=due,
                cls=cls,
                days_late=late,
                completed_on=completed,
                status_text="" if missing else _SAID[cls],
                result=("- Đã ban hành văn bản, đang theo dõi thực hiện", "=1+1", "")[index % 3],
                product="Quyết định của UBND tỉnh" if cls in DONE else "",
                central=central,
                due_soon=cls is Class.IN_PROGRESS and due is not None and (due - AS_OF).days <= 15,
                not_reported=missing,
                carried=carried,
                extension=cls is Class.OVERDUE and index % 5 == 0,
                units_all=len(units),
                basis=_BASIS[cls],
                sources=() if missing else (where,),
                measure="%" if target else "",
                baseline=60.0 if target else None,
                target=80.0 + index % 5 if target else None,
                actual=(85.5 if cls in DONE else 71.25) if target else None,
            )
            parts = []
            for place, unit in enumerate(units):
                part, part_completed, part_late = _part(cls, place, len(units), item)
                source = Address(f"{unit}/{unit}_bao cao 9 thang.xlsx", sheet, f"C{7 + index}")
                parts.append(
                    UnitResult(
                        item=item.id,
                        plan=item.plan,
                        kind=item.kind,
                        unit=unit,
                        cls=part,
                        days_late=part_late,
                        completed_on=part_completed,
                        status_text="" if missing else _SAID[part],
                        due=due,
                        central=central,
                        due_soon=item.due_soon and part is cls,
                        not_reported=missing,
                        carried=carried,
                        extension=item.extension and part is cls,
                        basis=_BASIS[part],
                        source=None if missing else source,
                    )
                )
            items.append(replace(item, units_done=sum(part.cls in DONE for part in parts)))
            results += parts
    return tuple(items), tuple(results)


def _findings() -> tuple[Finding, ...]:
    skhcn = "SKHCN/SKHCN_bao cao 9 thang.xlsx"
    syt = "SYT/SYT_bao cao 9 thang.xlsx"
    return (
        finding("file-encrypted", Address("TTT/Bao cao.xlsx"), "Bao cao.xlsx", unit="TTT"),
        finding(
            "cell-error",
            Address(skhcn, "KH 138", "G14"),
            "#REF!",
            subject="SKHCN|138|1.8",
            unit="SKHCN",
            label="1.8",
            plan="138",
        ),
        finding(
            "date-unreadable",
            Address(syt, "KH 138", "F21"),
            "khi có điều kiện",
            unit="SYT",
            label="2.5",
            plan="138",
        ),
        finding(
            "status-conflict",
            Address(syt, "KH 138", "H60"),
            "Đang thực hiện đúng hạn",
            unit="SYT",
            label="6.4",
            plan="138",
            computed="Chậm tiến độ",
        ),
        finding(
            "date-swapped",
            Address(skhcn, "KH 157", "F18"),
            "07/9/2025",
            unit="SKHCN",
            label="2.2",
            plan="157",
            other="09/7/2025",
            evidence="ô có định dạng ngày kiểu Mỹ",
            effect="3 nhiệm vụ thành chậm tiến độ",
        ),
        finding("unit-not-sent", Address(PERIOD), "Đặc khu Cô Tô", unit="DK-CO-TO"),
        finding("row-hidden", Address(skhcn, "KH 06", "A33"), "", unit="SKHCN", label="3.7", plan="06"),
        finding(
            "status-step",
            Address(syt, "KH 157", "H25"),
            "=Đã trình UBND tỉnh",
            unit="SYT",
            label="1.9",
            plan="157",
        ),
        finding(
            "done-no-product",
            Address(syt, "KH 02", "I12"),
            "Đã hoàn thành",
            unit="SYT",
            label="1.6",
            plan="02",
        ),
    )


def _returns(results: Sequence[UnitResult], findings: Sequence[Finding]) -> tuple[Return, ...]:
    special = {
        "TTT": Received.UNREADABLE,
        "SNGV": Received.EMPTY,
        "SDTTG": Received.NO_CHANGE,
        "STP": Received.RECEIVED,
        "X-BA-CHE": Received.LATE,
        "DK-CO-TO": Received.MISSING,
    }
    days = {Received.MISSING: None, Received.RECEIVED: None, Received.LATE: date(2025, 10, 9)}
    made = []
    for unit in UNITS:
        received = special.get(unit.id, Received.ON_TIME)
        sent = received is not Received.MISSING
        tasks = sum(r.unit == unit.id and r.source is not None for r in results)
        if received in (Received.MISSING, Received.UNREADABLE, Received.EMPTY, Received.NO_CHANGE):
            tasks = 0
        mine = [found for found in findings if found.unit == unit.id]
        made.append(
            Return(
                unit=unit.id,
                received=received,
                files=(f"{unit.id}/{unit.id}_bao cao 9 thang.xlsx",) if sent else (),
                tasks=tasks,
                errors=sum(found.severity is Severity.ERROR for found in mine),
                warnings=sum(found.severity is Severity.WARNING for found in mine),
                received_on=days.get(received, date(2025, 10, 3)),
                note="Văn bản nhắc lần 1 ngày 06/10/2025" if not sent else "",
            )
        )
    return tuple(made)


@cache
def article_snapshot() -> Snapshot:
    """Return run 2, cut-off 30/9/2025, with the article's figures."""
    items, results = _items()
    findings = _findings()
    decision = Decision(
        key=findings[3].key,
        kind="class",
        value="Chậm tiến độ",
        grounds="Biên bản làm việc số 12/BB-VP",
        when=date(2025, 10, 8),
        source="Đang thực hiện đúng hạn",
        where=Address("Progress.xlsm", "Xử lý", "A5"),
    )
    decided = next(item for item in items if item.cls is Class.OVERDUE and "SYT" in item.units)
    items = tuple(replace(i, decided=(decision.key,)) if i is decided else i for i in items)
    returns = _returns(results, findings)
    inputs = tuple(
        InputFile(
            file=file,
            sha256=f"{number:064x}",
            size=20_000 + number * 137,
            format="xlsx",
            unit=made.unit,
            readable=made.received is not Received.UNREADABLE,
            rows={"task": made.tasks, "header": 1, "blank": 2} if made.tasks else {},
            tasks=made.tasks,
        )
        for number, made in enumerate(returns, 1)
        for file in made.files
    )
    rows = {fate.value: sum(one.rows.get(fate.value, 0) for one in inputs) for fate in Fate}
    return Snapshot(
        run=2,
        as_of=AS_OF,
        period=PERIOD,
        made_at=datetime(2025, 10, 10, 7, 30),
        version="0.1.0",
        plans=PLANS,
        units=UNITS,
        items=items,
        unit_results=results,
        findings=findings,
        returns=returns,
        inputs=inputs,
        rows={"read": sum(rows.values()), **rows},
        figures=cube(items, results, PLANS),
        settings={"Tên cơ quan": "ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH"},
        rules={"Sắp đến hạn (ngày)": "15"},
        decisions=(decision,),
        period_name="9 tháng năm 2025",
        assigned=True,
        source="Progress.xlsm",
    )


@cache
def earlier_snapshot() -> Snapshot:
    """Return run 1, cut-off 30/6/2025: the same items, those completed or fallen due later still in progress."""
    as_of = date(2025, 6, 30)
    now = article_snapshot()

    def back(one: Record) -> Record:
        done_by_then = one.cls in DONE and one.completed_on is not None and one.completed_on <= as_of
        if one.cls in (Class.RECURRING, Class.NO_DEADLINE, Class.STOPPED) or done_by_then:
            return one
        return replace(one, cls=Class.IN_PROGRESS, completed_on=None, days_late=None, status_text="Đang thực hiện")

    items = tuple(back(item) for item in now.items)
    results = tuple(back(result) for result in now.unit_results)
    return replace(
        now,
        run=1,
        as_of=as_of,
        period="2025-6T",
        period_name="6 tháng đầu năm 2025",
        made_at=datetime(2025, 7, 10, 7, 30),
        items=items,
        unit_results=results,
        figures=cube(items, results, PLANS),
        decisions=(),
    )
