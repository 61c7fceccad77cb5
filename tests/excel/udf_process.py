"""Calls functions through xlwings' Windows code and prints the answers: `udf_process.py < calls.json > answers.json`.

A call is [module, function, [argument…]]; an argument is a value, {"date": "2025-09-30"}, {"rows": [[…]]},
{"error": "#N/A"} or {"missing": 1}. A date in an answer comes back as {"date": …}.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import xlwings_com


def incoming(value: Any) -> Any:
    if isinstance(value, dict):
        if "date" in value:
            return xlwings_com.cell_value(dt.date.fromisoformat(value["date"]))
        if "rows" in value:
            return xlwings_com.array(value["rows"])
        if "error" in value:
            return xlwings_com.ERROR_CODES[value["error"]]
        return xlwings_com.MISSING
    return xlwings_com.cell_value(value)


def outgoing(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [outgoing(one) for one in value]
    if isinstance(value, dt.datetime):
        return {"date": value.date().isoformat()}
    return value


def main() -> None:
    xlwings = xlwings_com.install()
    assert xlwings.func.__module__ == "xlwings.udfs"
    calls = json.load(sys.stdin)
    answers = [
        outgoing(xlwings_com.call(module, name, *(incoming(one) for one in arguments)))
        for module, name, arguments in calls
    ]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
