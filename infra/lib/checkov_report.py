"""Judges checkov's report: failed checks and files that it could not read. usage: checkov_report.py REPORT"""

import json
import sys


def main(path):
    with open(path, encoding="utf-8") as report:
        found = json.load(report)
    results, summary = found.get("results", {}), found.get("summary", {})
    for failed in results.get("failed_checks", []):
        where = f"{failed['file_path']}:{failed['file_line_range'][0]}"
        print(f"{failed['check_id']} {failed['check_name']}: {failed['resource']} ({where})")
    for unread in results.get("parsing_errors", []):
        print(f"cannot be read: {unread}")
    unexplained = [
        skipped for skipped in results.get("skipped_checks", [])
        if not skipped["check_result"].get("suppress_comment", "").strip()
    ]
    for skipped in unexplained:
        print(f"{skipped['check_id']} is skipped without a reason: {skipped['resource']}")
    passed = summary.get("passed", 0)
    print(f"checkov: {passed} passed, {summary.get('failed')} failed, {summary.get('skipped')} skipped with a reason")
    if not passed:
        sys.exit("checkov looked at nothing")
    if results.get("failed_checks") or results.get("parsing_errors") or summary.get("parsing_errors") or unexplained:
        sys.exit(1)


main(*sys.argv[1:])
