"""Hold docs/protocol.md to its word: every rule is in its table, and the code and tests it names are there."""

import re
from pathlib import Path

PAGE = Path("docs/protocol.md")
RULE = re.compile(r"\*\*([A-Z]+-\d+)\*\*")
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.+) \| (.+) \|$", re.MULTILINE)


def test_every_rule_names_code_and_tests_that_exist() -> None:
    page = PAGE.read_text()
    rules = RULE.findall(page)
    rows = {rule: re.findall(r"`([^`]+)`", code + test) for rule, code, test in ROW.findall(page)}
    assert len(rules) == len(set(rules)) > 40
    assert list(rows) == rules
    missing = {(rule, file) for rule, files in rows.items() for file in files if not Path(file).exists()}
    assert not missing
    assert all(any(file.startswith("tests/") for file in files) for files in rows.values())
