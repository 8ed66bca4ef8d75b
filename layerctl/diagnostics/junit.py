"""Diagnostics as JUnit XML: a test case for each file, failed where it has errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from layerctl.base.printable import printable
from layerctl.diagnostics.text import concise

if TYPE_CHECKING:
    from layerctl.diagnostics.checked import Checked


HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"


def to_junit(results: Sequence[Checked]) -> str:
    """An XML document with one test suite; warnings go into a test case's output."""
    failed = sum(not result.ok for result in results)
    counts = {"tests": str(len(results)), "failures": str(failed), "errors": "0", "skipped": "0"}
    suites = ElementTree.Element("testsuites", {"name": "layerctl", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "layerctl check", **counts})
    for result in results:
        path = printable(result.path)
        case = ElementTree.SubElement(suite, "testcase", {"classname": "layerctl.check", "name": path, "file": path})
        errors = [diagnostic for diagnostic in result.diagnostics if diagnostic.is_error]
        warnings = [diagnostic for diagnostic in result.diagnostics if not diagnostic.is_error]
        if errors:
            message = printable(f"{errors[0].code.id} {errors[0].message}")
            failure = ElementTree.SubElement(case, "failure", {"type": errors[0].code.id, "message": message})
            failure.text = "\n".join(map(concise, errors))
        if warnings:
            ElementTree.SubElement(case, "system-out").text = "\n".join(map(concise, warnings))
    ElementTree.indent(suites)
    return HEAD + re.sub(r"#(?=#\w*\[)", "&#35;", ElementTree.tostring(suites, encoding="unicode"))  # a command of Azure
