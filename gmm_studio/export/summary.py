"""A mixture as a table to read: in Markdown and in LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from gmm_studio.core.mixture import Mixture
from gmm_studio.export.result import Result

__all__ = ["latex_table", "markdown_table"]

_DIGITS = 4

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "�": "?",
}


_MARKS = re.compile(r"[\\`*_\[\]<>|~$&]")

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def markdown_table(result: Result, name: str) -> str:
    """A row for each component, and below it what belongs to all."""
    heads = ["component", "weight", *_names(result, _plain_symbol)]
    numbers = (map(_plain_number, row) for row in _rows(result.step.mixture))
    rows = [heads, ["---:"] * len(heads), *numbers]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{_plain_symbol(_caption(result, name))}\n"


def latex_table(result: Result, name: str) -> str:
    """A floating table, for which LaTeX needs no package."""
    heads = ["component", "weight", *_names(result, _escaped)]
    body = "\n".join(
        "    " + " & ".join([row[0], *map(_latex_number, row[1:])]) + r" \\"
        for row in _rows(result.step.mixture)
    )
    return "\n".join(
        [
            r"\begin{table}",
            r"  \centering",
            rf"  \begin{{tabular}}{{{'r' * len(heads)}}}",
            r"    \hline",
            "    " + " & ".join(heads) + r" \\",
            r"    \hline",
            body,
            r"    \hline",
            r"  \end{tabular}",
            rf"  \caption{{{_escaped(_caption(result, name))}}}",
            r"\end{table}",
            "",
        ]
    )


def _caption(result: Result, name: str) -> str:
    step, configuration = result.step, result.configuration
    what = f" of {_on_one_line(name)}" if name else ""
    scaled = ", in scaled units" if result.in_scaled_units else ""
    return (
        f"Gaussian mixture of {result.n_points} points{what}, {configuration.covariance} "
        f"covariances{scaled}; iteration {step.index}, log-likelihood {step.log_likelihood:.3f}, "
        f"BIC {result.bic:.3f}, AIC {result.aic:.3f}."
    )


def _names(result: Result, symbol: Callable[[str], str]) -> Iterator[str]:
    columns = [_on_one_line(column) for column in result.columns]
    for column in columns:
        yield symbol(f"mean {column}")
    for i, column in enumerate(columns):
        for j in range(i, len(columns)):
            what = f"var {column}" if i == j else f"cov {column}, {columns[j]}"
            yield symbol(what)


def _on_one_line(text: str) -> str:
    """A blank line would end the paragraph, and with it a caption or a row."""
    return " ".join(text.split())


def _plain_symbol(text: str) -> str:
    """A text of which Markdown makes nothing else."""
    return _MARKS.sub(r"\\\g<0>", text)


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def _rows(mixture: Mixture) -> Iterator[list[str]]:
    d = mixture.d
    for j in range(mixture.k):
        matrix = mixture.covariances[j]
        means = [
            _number(mean, math.sqrt(variance))
            for mean, variance in zip(mixture.means[j], matrix.diagonal(), strict=True)
        ]
        entries = [_number(matrix[a, b], 0.0) for a in range(d) for b in range(a, d)]
        yield [str(j + 1), _number(mixture.weights[j], 0.0), *means, *entries]


def _plain_number(text: str) -> str:
    digits, _, exponent = text.partition("e")
    power = f" × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else ""
    return digits.replace("-", "−") + power


def _latex_number(text: str) -> str:
    digits, _, exponent = text.partition("e")
    return rf"${digits} \times 10^{{{int(exponent)}}}$" if exponent else f"${digits}$"


def _number(value: float, scale: float) -> str:
    """Four digits, of a mean as many as its standard deviation deserves."""
    digits = _DIGITS
    if scale > 0 and abs(value) > scale:
        digits += math.ceil(math.log10(abs(value) / scale))
    return f"{value:.{min(digits, 17)}g}"
