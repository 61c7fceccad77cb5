"""Runs under the Python that LibreOffice brings: opens workbooks, does steps on them, prints what it saw.

    python3 lo_driver.py PROFILE SOFFICE

One JSON document a line in, {"workbook": path, "steps": [...]}; one a line out, {"seen": [...]} or {"failed": text}.
Steps: ["call", "module.function", [arguments]] · ["cell", sheet, "A1"] · ["set", sheet, "A1", value] ·
["formula", sheet, "A1", "=…"] · ["array", sheet, "A1:B2", "=…"] · ["recalculate"] · ["names"] · ["sheets"] ·
["resize", table, rows] · ["visible", sheet] · ["hidden", sheet, row].
"""

import json
import os
import signal
import subprocess
import sys
import time
import uuid

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

READY_SECONDS = 60


def property_value(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def start(program, profile):
    pipe = f"qn{uuid.uuid4().hex[:10]}"
    command = [program, "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
    command += [f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}", f"--accept=pipe,name={pipe};urp;"]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    give_up = time.monotonic() + READY_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return process, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def seen(cell):
    """Number, text or ["error", number]; a formula's text result is text."""
    if cell.getError():
        return ["error", cell.getError()]
    kind = cell.FormulaResultType2 if cell.Formula.startswith("=") or cell.Formula.startswith("{") else None
    if kind == 1 or (kind is None and cell.Type.value == "VALUE"):
        return cell.Value
    return cell.String


def do(document, step):
    what, *rest = step
    if what == "call":
        name, arguments = rest
        uri = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
        return document.getScriptProvider().getScript(uri).invoke(tuple(arguments), (), ())[0]
    if what == "recalculate":
        return document.calculateAll()
    if what == "names":
        library = document.BasicLibraries.getByName("VBAProject")
        return {name: library.getModuleInfo(name).ModuleType for name in library.getElementNames()}
    if what == "sheets":
        return [sheet.CodeName for sheet in document.Sheets]
    if what == "resize":
        areas = document.DatabaseRanges
        area = areas.getByName(rest[0]).DataArea
        area.EndRow = area.StartRow + rest[1]
        areas.getByName(rest[0]).setDataArea(area)
        return None
    if what == "visible":
        return document.Sheets.getByName(rest[0]).IsVisible
    if what == "hidden":
        return not document.Sheets.getByName(rest[0]).Rows.getByIndex(int(rest[1]) - 1).IsVisible
    place = document.Sheets.getByName(rest[0]).getCellRangeByName(rest[1])
    if what == "cell":
        return seen(place.getCellByPosition(0, 0))
    if what == "set":
        cell = place.getCellByPosition(0, 0)
        if isinstance(rest[2], str):
            cell.String = rest[2]
        else:
            cell.Value = rest[2]
    elif what == "formula":
        place.getCellByPosition(0, 0).Formula = rest[2]
    elif what == "array":
        place.ArrayFormula = rest[2]
    else:
        raise ValueError(what)
    return None


def main():
    process, desktop = start(sys.argv[2], sys.argv[1])
    options = (property_value("Hidden", True), property_value("MacroExecutionMode", 4))
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(asked["workbook"]), "_blank", 0, options)
            try:
                answer = {"seen": [do(document, step) for step in asked["steps"]]}
            except Exception as error:
                answer = {"failed": str(error)[:2000]}
            print(json.dumps(answer), flush=True)
            document.close(True)
    finally:
        try:
            desktop.terminate()
            process.wait(20)
        except Exception:
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
