#!/usr/bin/env python3
"""Prints, for `swift test --filter`, the suites with a failed test in the reports of test runs.

    .ci/failed_suites.py REPORT…

Status 1 when no report tells of a failure, or one is missing: then the run ended in another way,
and there is nothing to run again.
"""

import re
import sys
import xml.etree.ElementTree as xml


def failed(report):
    for case in xml.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            yield case.get("classname")


def main(reports):
    try:
        suites = sorted({suite for report in reports for suite in failed(report)})
    except (OSError, xml.ParseError) as error:
        sys.exit(f"no report of the tests: {error}")
    if not suites:
        sys.exit("the reports tell of no failed test")
    # The filter has slashes between nested suites, the report dots.
    print("|".join(re.escape(suite).replace(r"\.", ".") for suite in suites))


main(sys.argv[1:])
