"""Tables of a mixture to read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gmm_studio import Mixture, Step
from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.export.parameters import Result
from gmm_studio.export.summary import latex_table, markdown_table


def result(columns: tuple[str, ...] = ("width", "height")) -> Result:
    cloud = PointCloud([(0, 0), (1, 1), (2, 3)], name="Own", columns=columns)
    mixture = Mixture(
        [0.25, 0.75], [(-1.5, 1e6 + 0.123456), (2, 3)], [[[1, -0.5], [-0.5, 2]], [[4, 0], [0, 9]]]
    )
    return Result.of(cloud, Configuration(), Step(7, mixture, -12.3456))


def test_markdown_has_a_row_for_each_component() -> None:
    lines = markdown_table(result(), "Own").splitlines()
    assert lines[0] == (
        "| component | weight | mean width | mean height | var width | cov width, height "
        "| var height |"
    )
    assert len({line.count("|") for line in lines[:4]}) == 1
    assert lines[2] == "| 1 | 0.25 | −1.5 | 1000000.123 | 1 | −0.5 | 2 |"
    assert lines[3] == "| 2 | 0.75 | 2 | 3 | 4 | 0 | 9 |"
    assert lines[5].startswith("Gaussian mixture of 3 points of Own, full covariances; iteration 7")
    assert "log-likelihood -12.346" in lines[5]


def test_a_column_cannot_break_the_markdown_table() -> None:
    lines = markdown_table(result(("a|b", "c")), "Own").splitlines()
    assert len(re.findall(r"(?<!\\)\|", lines[0])) == 8


def test_latex_escapes_what_it_must() -> None:
    text = latex_table(result(("50_%", "a&b")), "Own {#1}")
    assert r"mean 50\_\%" in text
    assert r"mean a\&b" in text
    assert r"of Own \{\#1\}" in text
    assert r"1 & $0.25$ & $-1.5$ & $1000000.123$ & $1$ & $-0.5$ & $2$ \\" in text
    assert text.count("{") == text.count("}")


def small() -> Result:
    cloud = PointCloud([(0, 0), (1e-3, 1e-3), (2e-3, 3e-3)])
    mixture = Mixture([1], [(-2e-7, 3e9)], [[[1.724e-06, 0], [0, 2e12]]])
    return Result.of(cloud, Configuration(), Step(7, mixture, 12.3))


def test_powers_of_ten_are_written_as_such() -> None:
    line = r"1 & $1$ & $-2 \times 10^{-7}$ & $3 \times 10^{9}$ & $1.724 \times 10^{-6}$ & $0$"
    assert line + r" & $2 \times 10^{12}$ \\" in latex_table(small(), "")
    line = "| 1 | 1 | −2 × 10⁻⁷ | 3 × 10⁹ | 1.724 × 10⁻⁶ | 0 | 2 × 10¹² |"
    assert line in markdown_table(small(), "").splitlines()


def test_a_name_stays_in_its_paragraph() -> None:
    named = result(("a\n\nb", "c"))
    for table in (latex_table(named, "my\n \n\tcloud"), markdown_table(named, "my\n\r\n\tcloud")):
        assert "of my cloud, full" in table
        assert "mean a b" in table
    assert len(markdown_table(named, "my\n\n\tcloud").splitlines()) == 6


def test_markdown_makes_nothing_of_a_name() -> None:
    caption = markdown_table(result(), "a*b_c*|`d` [e](f) <g>\\").splitlines()[5]
    assert r"of a\*b\_c\*\|\`d\` \[e\](f) \<g\>\\, full" in caption


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX here")
def test_latex_takes_it(tmp_path: Path) -> None:
    document = "\\documentclass{article}\\begin{document}\n%s\\end{document}"
    (tmp_path / "a.tex").write_text(document % latex_table(result(("50_%", "a&b")), "{#1}\n\n<|>�"))
    command = ["pdflatex", "-interaction=nonstopmode", "a.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
