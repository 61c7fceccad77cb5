"""Whether words wait for a ministry, the Government or the National Assembly ("phụ thuộc Bộ, ngành TW")."""

from __future__ import annotations

import re
from functools import lru_cache

from qn_xl.rules.text import clean, plain

# "bộ" is also half of everyday words (cán bộ, bộ tiêu chí, bộ phận) and of a provincial body (Bộ Chỉ huy Quân sự
# tỉnh), so it counts only as a ministry's name or among "các Bộ", "Bộ, ngành", "Bộ ban hành".
_MINISTRIES = (
    "cong an|cong thuong|dan toc|giao duc|khoa hoc|ngoai giao|noi vu|nong nghiep|quoc phong|tai chinh|thong tin|"
    "tu phap|van hoa|xay dung|y te|giao thong|ke hoach va dau tu|lao dong|tai nguyen|kh&cn|kh-cn|tt&tt|ca\\b|nnmt|tc\\b"
)
_AUTHORITIES = re.compile(
    r"\b(?:trung uong|tw|t\.w|chinh phu(?! (?:dien tu|so))|thu tuong|quoc hoi|uy ban thuong vu quoc hoi|vpcp)\b"
    rf"|\bbo (?:{_MINISTRIES})|\bbo,? nganh|\bcac bo\b(?! (?:tieu chi|chi so|phan|ma|quy|thu tuc|cong cu))"
)
_MINISTRY = re.compile(
    r"(?<![^\W\d_] )\bBộ\b(?! (?:[Tt]iêu chí|[Cc]hỉ số|[Mm]áy|[Pp]hận|[Dd]ữ liệu|[Cc]hỉ huy|[Tt]hủ tục|[Cc]ông cụ|[Mm]ã|"
    r"[Tt]ài liệu|[Cc]âu hỏi|[Qq]uy tắc|[Qq]uy trình|đội|[Pp]háp điển|[Cc]hỉ tiêu))"
    r"|(?:[Cc]ủa|[Tt]heo|[Kk]hi|[Cc]hờ|[Vv]ào|[Dd]o|[Tt]ừ|cấp|với) [Bb]ộ(?= (?:ban hành|hướng dẫn|triển khai|chủ trì|có|cho ý kiến)|[ ,.;:)]|$)"
    r"(?! (?:tiêu chí|chỉ số|máy|phận|dữ liệu|[Cc]hỉ huy|thủ tục|công cụ|mã|tài liệu|câu hỏi|quy tắc|quy trình|chỉ tiêu))"
)


@lru_cache(maxsize=65536)
def waits_for_centre(text: str) -> bool:
    """Tell whether `text` names a central authority."""
    shown = clean(text)
    return _AUTHORITIES.search(plain(shown)) is not None or _MINISTRY.search(shown) is not None
