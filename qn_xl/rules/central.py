"""Whether words wait for a ministry, the Government or the National Assembly ("phụ thuộc Bộ, ngành TW")."""

from __future__ import annotations

import re
from functools import lru_cache

from qn_xl.rules.patterns import lazily
from qn_xl.rules.text import plain

# "bộ" is also half of everyday words (cán bộ, nội bộ, bộ tiêu chí, bộ phận) and of a provincial body (Bộ Chỉ huy
# Quân sự tỉnh), so it counts only before a ministry's name, in "các Bộ", "Bộ, ngành", or where a Bộ does something.
_MINISTRIES = (
    r"cong an|cong thuong|dan toc|giao duc|khoa hoc|ngoai giao|noi vu|nong nghiep|quoc phong|tai chinh|tai nguyen|"
    r"thong tin|tu phap|van hoa|xay dung|y te|giao thong|ke hoach va dau tu|lao dong|khcn|kh&cn|kh-cn|tttt|tt&tt|nnmt|"
    r"nn&mt|gd&dt|gddt|ca\b|nv\b|tc\b"
)
_NOT_A_MINISTRY = (
    r"(?! (?:tieu chi|chi so|chi tieu|may|phan|du lieu|chi huy|thu tuc|cong cu|ma |tai lieu|cau hoi|"
    r"quy tac|quy trinh|doi|phap dien|nhan dien|loc|san pham))"
)
_ALONE = "".join(f"(?<!{half} )" for half in ("toan", "can", "noi", "dong", "cuc", "tien", "chi", "dang", "so"))
_AUTHORITIES = lazily(
    r"\b(?:trung uong|tw|t\.w|chinh phu(?! (?:dien tu|so\b))|thu tuong|quoc hoi|vpcp)\b"
    rf"|{_ALONE}\bbo (?:{_MINISTRIES})|{_ALONE}\bbo,? nganh|\bcac bo\b{_NOT_A_MINISTRY}"
    rf"|\b(?:khi|cho|cua|tu|do|theo|vao|voi) bo\b{_NOT_A_MINISTRY}"
    r"(?= (?:ban hanh|huong dan|trien khai|chu tri|co |cho )|\s*(?:$|[^\w\s]))"
)
_SIGNS = (
    "bộ", "bo ", "bo,", "tw", "t.w", "trung ươ", "trung uo", "chính ph", "chinh ph", "thủ tư", "thu tuo",
    "quốc h", "quoc h", "vpcp",
)  # fmt: skip
_EVERYDAY = lazily(r"\b(?:bỏ|bố|bó|bô|bơ|bờ|bở|bớ)\b", re.IGNORECASE)


@lru_cache(maxsize=65536)
def waits_for_centre(shown: str) -> bool:
    """Tell whether cleaned `shown` names a central authority."""
    lower = shown.lower()
    if not any(sign in lower for sign in _SIGNS) and not lower.endswith("bo"):
        return False
    return _AUTHORITIES.search(plain(_EVERYDAY.sub("-", shown))) is not None
