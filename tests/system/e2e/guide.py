"""The steps of docs/guides/your-own-assistant.md, followed exactly."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.system.e2e.service import ROOT

GUIDE = (ROOT / "docs" / "guides" / "your-own-assistant.md").read_text()
STEPS, PAGE_STEPS = GUIDE.split("\n## What the page sends along\n")
BLOCK = re.compile(r"(?:`([\w./]+)`:\n\n)?```(sh|diff|python)\n(.*?)```", re.DOTALL)
[QUESTION] = re.findall(r'^    make ask MSG="(.+)"$', STEPS, re.MULTILINE)
[SHOP] = re.findall(r"^    \.venv/bin/python (.+)$", STEPS, re.MULTILINE)
# Both commands of the guide. The second one also sets a header.
SHORT, PARAMETERS = re.findall(r'^    make run PARAMETERS="(.+)"$', GUIDE, re.MULTILINE)


def changed_project(folder: Path) -> Path:
    """Copy the project to a folder, follow the guide's numbered steps, and return the folder."""
    for name in ("template.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for name in ("functions", "layers", "local", "deploy", "examples", "web"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    follow(STEPS, folder)
    return folder


def follow(steps: str, folder: Path) -> None:
    """Follow the blocks of the guide: run commands, change files and write new ones."""
    for path, kind, block in BLOCK.findall(steps):
        if kind == "sh":
            subprocess.run(["sh", "-ec", block], cwd=folder, check=True)
        elif kind == "diff":
            change(folder, block)
        else:
            (folder / path).write_text(block)


def change(folder: Path, diff: str) -> None:
    """Apply a diff, which must match exactly one place in the file."""
    header, *lines = diff.splitlines()
    file = folder / header.removeprefix("--- ")
    old = "\n" + "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "\n" + "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    text = "\n" + file.read_text()
    assert text.count(old) == 1, diff
    file.write_text(text.replace(old, new)[1:])
