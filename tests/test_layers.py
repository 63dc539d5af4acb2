"""Imports point one way: gui -> document, export, data -> core, and nothing else knows Qt."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import gmm_studio

PACKAGE = Path(gmm_studio.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

ROOT = "__init__"
"""The layer of names that the package itself holds, such as its version."""

ALLOWED = {
    "core": {"core"},
    "data": {"data", "core"},
    "export": {"export", "core"},
    "document": {"core"},
    "project": {"project", "document", "export", "data", "core", ROOT},
    "lessons": {"lessons", "document", "export", "data", "core", "resources"},
    "resources": set(),
    "gui": {
        *("gui", "explore", "lessons", "project", "document"),
        *("export", "data", "core", "resources", ROOT),
    },
    "explore": {"data", "core"},
    "cli": {
        *("cli_laboratory", "cli_options", "cli_results"),
        *("cli_fitting", "cli_pictures"),
        *("project", "export", "data", "core", ROOT),
    },
    "cli_fitting": {"cli_options", "export", "core"},
    "cli_painting": {"core"},
    "cli_pictures": {
        *("cli_fitting", "cli_options", "cli_painting", "cli_projects", "core"),
    },
    "cli_projects": {"cli_options", "project", "document", "export", "core"},
    "cli_laboratory": {"cli_options", "cli_painting", "export", "data", "core"},
    "cli_options": {"project", "export", "data", "core"},
    "cli_results": {"cli_options", "export", "data", "core"},
    ROOT: {"explore", "data", "core"},
    "__main__": {"cli"},
}
LAZILY = {
    name: {"gui"}
    for name in (
        *("cli", "cli_laboratory", "cli_painting", "cli_pictures", "explore"),
        *(ROOT, "__main__"),
    )
}
QT = {"PySide6", "shiboken6", "contourpy", "pyqtgraph"}
CORE_NEEDS = {"numpy", "scipy", "threadpoolctl"}
CORE_ASKS_FOR = {"sklearn"}
"""Inside functions alone: whoever calls them has it."""


class Import(NamedTuple):
    module: str
    line: int
    lazy: bool


class Collector(ast.NodeVisitor):
    """All imports of a module, and which of them are inside functions."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.depth = 0
        self.found: list[Import] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level:
            parents = self.package.split(".")[: len(self.package.split(".")) - node.level + 1]
            module = ".".join([*parents, module]).rstrip(".")
        for alias in node.names:
            self._add(f"{module}.{alias.name}", node)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        if name.endswith(("import_module", "__import__")) and node.args:
            argument = node.args[0]
            known = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            self._add(argument.value if known else "?", node)  # type: ignore[attr-defined]
        self.generic_visit(node)

    def _add(self, module: str, node: ast.stmt | ast.expr) -> None:
        self.found.append(Import(module, node.lineno, self.depth > 0))


def layer_of(module: str) -> str:
    """Of a dotted name inside the package."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ALLOWED else ROOT


def violations(layer: str, source: str, package: str = "") -> Iterator[str]:
    collector = Collector(package or f"gmm_studio.{layer}")
    collector.visit(ast.parse(source))
    for found in collector.found:
        top = found.module.split(".")[0]
        if top == "gmm_studio":
            allowed = ALLOWED[layer] | (LAZILY.get(layer, set()) if found.lazy else set())
            fault = layer_of(found.module) not in allowed
        elif top in QT:
            fault = layer != "gui"
        else:
            known = CORE_NEEDS | sys.stdlib_module_names
            fault = layer == "core" and top not in (known | CORE_ASKS_FOR if found.lazy else known)
        if fault or (top == "?" and layer != "gui"):
            yield f"line {found.line}: {layer} imports {found.module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    place = path.relative_to(PACKAGE)
    layer = place.parts[0].removesuffix(".py")
    assert layer in ALLOWED, f"say in this test what {layer} may import"
    package = ".".join(("gmm_studio", *place.parts[:-1]))
    assert list(violations(layer, path.read_text(encoding="utf-8"), package)) == []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("core", "import gmm_studio"),
        ("core", "from gmm_studio.data.text import read_cloud"),
        ("core", "from gmm_studio import fit"),
        ("core", "from ..data import text"),
        ("core", "import PIL"),
        ("core", "import sklearn"),
        ("core", "def f():\n    import pandas"),
        ("data", "from gmm_studio.export import points"),
        ("export", "from gmm_studio.data.text import read_cloud"),
        ("export", "from gmm_studio import document"),
        ("export", "def f():\n    from PySide6.QtGui import QImage"),
        ("document", "from gmm_studio.data.generators import generate"),
        ("document", "import pyqtgraph as pg"),
        ("document", "from gmm_studio.lessons.lesson import Lesson"),
        ("lessons", "from gmm_studio.gui.canvas.scene import Layers"),
        ("lessons", "from PySide6.QtCore import QObject"),
        ("project", "from gmm_studio.gui.runs import RunRecord"),
        ("project", "from PySide6.QtCore import QObject"),
        ("document", "from gmm_studio.project import Project"),
        ("cli", "from gmm_studio.gui.app import run_window"),
        ("cli", "from gmm_studio import gui"),
        ("cli", "def f():\n    import PySide6"),
        ("cli", "import importlib\nimportlib.import_module('PySide6')"),
        ("gui", "from gmm_studio import cli"),
        ("gui", "from gmm_studio.__main__ import main"),
        ("resources", "from gmm_studio.core.errors import InputError"),
    ],
)
def test_what_points_the_other_way_is_found(layer: str, source: str) -> None:
    package = f"gmm_studio.{layer}" if layer not in ("document", "cli") else "gmm_studio"
    assert list(violations(layer, source, package))


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("core", "import scipy.special\nfrom gmm_studio.core.errors import InputError"),
        ("core", "from . import errors"),
        ("core", "def f():\n    from sklearn.mixture import GaussianMixture"),
        ("cli", "def f():\n    from gmm_studio.gui.app import run_window"),
        ("lessons", "from gmm_studio.document import Document"),
        ("cli", "from gmm_studio import __version__"),
        ("gui", "import pyqtgraph\nfrom gmm_studio.resources import resource"),
    ],
)
def test_what_points_the_right_way_is_not(layer: str, source: str) -> None:
    package = "gmm_studio" if layer == "cli" else f"gmm_studio.{layer}"
    assert list(violations(layer, source, package)) == []
