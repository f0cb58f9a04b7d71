"""Fills in the decision column of a review.xlsx as an officer would, in LibreOffice itself, and saves it.

    /usr/bin/python3 fill_in.py review.xlsx answers.json filled.xlsx

answers.json maps the code of a pair (column "Mã cặp") to the words of the drop-down. Needs Debian's
libreoffice-calc and python3-uno.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

source, answers, target = (os.path.abspath(path) for path in sys.argv[1:])
with open(answers, encoding="utf-8") as file:
    wanted = json.load(file)

profile = tempfile.mkdtemp(prefix="libreoffice-")
pipe = f"desk{os.getpid()}"
office = subprocess.Popen(
    ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}",
     f"--accept=pipe,name={pipe};urp;"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
try:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except NoConnectException:
            time.sleep(0.25)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def option(name, value):
        return PropertyValue(Name=name, Value=value)

    book = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (option("Hidden", True),))
    filled = 0
    for sheet in book.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        rows = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow).DataArray
        header = next(at for at, row in enumerate(rows) if "Mã cặp" in row and "Quyết định" in row)
        pair, decision = rows[header].index("Mã cặp"), rows[header].index("Quyết định")
        for at in range(header + 1, len(rows)):
            answer = wanted.get(rows[at][pair])
            if answer:
                # The sheet stays protected: this column is the one that may be written.
                sheet.getCellByPosition(decision, at).String = answer
                filled += 1
    book.storeToURL(uno.systemPathToFileUrl(target), (option("FilterName", "Calc MS Excel 2007 XML"),))
    book.close(True)
    print(filled)
    desktop.terminate()
finally:
    office.wait(timeout=60)
