"""Judges checkov's report: failed checks, files that it could not read, and skips without a reason.

usage: checkov_report.py REPORT FOLDER
"""

import json
import pathlib
import re
import sys

# checkov's report leaves out what was skipped, so the sources are looked at.
SKIP = re.compile(r"checkov:skip=(\S*)(.*)")
WITH_REASON = re.compile(r"CKV2?_[A-Z]+_\d+:\S.*")


def skips_without_reason(folder):
    for path in sorted(pathlib.Path(folder).rglob("*.tf")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if (found := SKIP.search(line)) and not WITH_REASON.fullmatch("".join(found.groups())):
                yield f"{path}:{number}: a skip without a reason"


def main(path, folder):
    with open(path, encoding="utf-8") as report:
        found = json.load(report)
    results, summary = found.get("results", {}), found.get("summary", {})
    problems = list(skips_without_reason(folder))
    for failed in results.get("failed_checks", []):
        where = f"{failed['file_path']}:{failed['file_line_range'][0]}"
        problems.append(f"{failed['check_id']} {failed['check_name']}: {failed['resource']} ({where})")
    problems += [f"cannot be read: {unread}" for unread in results.get("parsing_errors", [])]
    if summary.get("parsing_errors") and not results.get("parsing_errors"):
        problems.append("checkov could not read a file")
    if not summary.get("passed"):
        problems.append("checkov looked at nothing")
    print("\n".join(problems))
    print(f"checkov: {summary.get('passed')} passed, {summary.get('failed')} failed, {summary.get('skipped')} skipped")
    sys.exit(1 if problems else 0)


main(*sys.argv[1:])
