#!/usr/bin/env python3
"""Takes states, ends, duties and transitions out of the tables of the domain document.

usage: extract.py DOMAIN.md > tests/golden/domain_tables.tsv

The golden file is what the tables say; `tests/tests/domain_tables.rs` compares the definitions
with it. Run it again when the document changes.
"""
import re
import sys

CARRIED = [
    "meeting",
    "agenda_item",
    "action_item",
    "risk_alert",
    "mandatory_report",
    "emergency_response",
    "assessment_assistance",
    "referral",
    "temporary_guardianship",
    "care_file",
    "listed_oversight",
]


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def ticks(cell):
    return re.findall(r"`([a-z_0-9]+)`", cell)


def tables(lines):
    at = 0
    while at < len(lines):
        if lines[at].startswith("|") and at + 1 < len(lines) and re.match(r"^\|[\s:|-]+\|$", lines[at + 1]):
            head, rows, at = cells(lines[at]), [], at + 2
            while at < len(lines) and lines[at].startswith("|"):
                rows.append(cells(lines[at]))
                at += 1
            yield head, rows
        else:
            at += 1


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    groups = {}
    for head, rows in tables(text.split("\n")):
        if head[0] == "group":
            groups = {row[0]: [role.strip() for role in row[1].split(",")] for row in rows}

    def roles(cell):
        found = set()
        for item in (re.sub(r"\(.*?\)", "", item).strip() for item in cell.split(",")):
            found.update(groups.get(item, [item]) if item else [])
        return ",".join(sorted(found))

    parts = re.split(r"^### 5\.\d+ `([a-z_]+)`.*$", text.split("\n## 6.")[0], flags=re.M)
    for name, body in zip(parts[1::2], parts[2::2]):
        if name not in CARRIED:
            continue
        for head, rows in tables(body.split("\n")):
            if head[0] == "state":
                ends = next(row for row in rows if row[0] == "terminal")[1:]
                for state, end in zip(head[1:], ends):
                    print(name, "state", ticks(state)[0], "end" if end == "yes" else "open", sep="\t")
            elif head[:2] == ["on", "duty"]:
                for row in rows:
                    on = "side" if row[0].startswith("side:") else row[0]
                    limits = ",".join(sorted(row[5].split()))
                    by = ",".join(sorted(ticks(row[6])))
                    print(name, "duty", row[1], on, roles(row[3]), roles(row[4]), limits, by, sep="\t")
            elif head[:2] == ["from", "transition"]:
                for row in rows:
                    start = row[0] if row[0] in ("-", "any") else ",".join(sorted(ticks(row[0])))
                    to = row[3] if row[3] == "same" else ",".join(sorted(ticks(row[3])))
                    acts, records = roles(row[4]), roles(row[5])
                    print(name, "transition", ticks(row[1])[0], start, to, acts, records, sep="\t")


main()
