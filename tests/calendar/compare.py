#!/usr/bin/env python3
"""Compares the year files of core/src/calendar/years with two public data sets.

usage: tests/calendar/compare.py          writes tests/calendar/comparison.txt

The data sets are `chinesecalendar` (Python) and `chinese-days` (JavaScript). Both are installed
into a temporary directory with pip and npm, and thrown away again. They are evidence to compare
with, not the source: that is the notice of each year. Exit code 1 if a day differs in effect.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import venv

PYTHON_SET, PYTHON_VERSION = "chinesecalendar", "1.11.0"
NPM_SET, NPM_VERSION = "chinese-days", "1.5.7"

HERE = pathlib.Path(__file__).resolve().parent
YEARS = HERE.parent.parent / "core" / "src" / "calendar" / "years"
RESULT = HERE / "comparison.txt"

DUMP = """
import chinese_calendar.constants as c, json
print(json.dumps({"off": [d.isoformat() for d in c.holidays],
                  "work": [d.isoformat() for d in c.workdays]}))
"""


def ours():
    """The days our year files name: date -> off or work."""
    days, years = {}, []
    for path in sorted(YEARS.glob("*.toml")):
        year = tomllib.loads(path.read_text(encoding="utf-8"))
        years.append(year["year"])
        days.update({day: "work" for day in year["workdays"]})
        for holiday in year["off"]:
            day = holiday["from"]
            while day <= holiday["to"]:
                days[day] = "off"
                day += datetime.timedelta(days=1)
    return years, days


def named(off, work):
    days = {datetime.date.fromisoformat(day): "off" for day in off}
    days.update({datetime.date.fromisoformat(day): "work" for day in work})
    return days


def python_set(directory):
    venv.create(directory / "venv", with_pip=True)
    scripts = directory / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = f"{PYTHON_SET}=={PYTHON_VERSION}"
    subprocess.run([scripts / "pip", "install", "--quiet", wanted], check=True)
    out = subprocess.run([scripts / "python", "-c", DUMP], check=True, capture_output=True)
    return named(**json.loads(out.stdout))


def npm_set(directory):
    wanted = f"{NPM_SET}@{NPM_VERSION}"
    subprocess.run(["npm", "install", "--silent", "--prefix", directory, wanted], check=True)
    data = directory / "node_modules" / NPM_SET / "dist" / "chinese-days.json"
    days = json.loads(data.read_text(encoding="utf-8"))
    return named(days["holidays"], days["workdays"])


def works(day, said):
    return said == "work" or (said is None and day.weekday() < 5)


def main():
    years, our = ours()
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        theirs = [python_set(directory), npm_set(directory)]

    rows, same, named_by_some, differ = [], 0, 0, 0
    every = {day for days in [our, *theirs] for day in days if day.year in years}
    for day in sorted(every):
        said = [days.get(day) for days in [our, *theirs]]
        if len({works(day, one) for one in said}) > 1:
            mark, differ = "differs", differ + 1
        elif len(set(said)) > 1:
            mark, named_by_some = "weekend", named_by_some + 1
        else:
            mark, same = "same", same + 1
        rows.append(f"{day:%Y-%m-%d %a}  " + "  ".join(f"{one or '-':<4}" for one in said) + f"  {mark}")

    head = f"""\
# Written by tests/calendar/compare.py; do not edit.
#
# years     {years[0]} to {years[-1]}
# ours      core/src/calendar/years
# first     {PYTHON_SET} {PYTHON_VERSION}
# second    {NPM_SET} {NPM_VERSION}
#
# same      {same:>3} days: all three say the same
# weekend   {named_by_some:>3} days: a weekend that only some count to the holiday; off either way
# differs   {differ:>3} days: worked for one, off for another
#
# date          ours  first  second
"""
    RESULT.write_text(head + "\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    print(f"{RESULT.name}: {same} same, {named_by_some} weekend, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
