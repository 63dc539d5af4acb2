"""A mixture as a table to read: in Markdown and in LaTeX."""

from __future__ import annotations

import math
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
}


def markdown_table(result: Result, name: str) -> str:
    """A row for each component, and below it what belongs to all."""
    heads = ["component", "weight", *_names(result, _plain_symbol)]
    rows = [heads, ["---:"] * len(heads), *_rows(result.step.mixture, "−")]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{_caption(result, name)}\n"


def latex_table(result: Result, name: str) -> str:
    """A floating table, for which LaTeX needs no package."""
    heads = ["component", "weight", *_names(result, _latex_symbol)]
    body = "\n".join(
        "    " + " & ".join([row[0], *(f"${number}$" for number in row[1:])]) + r" \\"
        for row in _rows(result.step.mixture, "-")
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
    what = f" of {name}" if name else ""
    scaled = ", in scaled units" if result.in_scaled_units else ""
    return (
        f"Gaussian mixture of {result.n_points} points{what}, {configuration.covariance} "
        f"covariances{scaled}; iteration {step.index}, log-likelihood {step.log_likelihood:.3f}, "
        f"BIC {result.bic:.3f}, AIC {result.aic:.3f}."
    )


def _names(result: Result, symbol: Callable[[str], str]) -> Iterator[str]:
    columns = result.columns
    for column in columns:
        yield symbol(f"mean {column}")
    for i, column in enumerate(columns):
        for j in range(i, len(columns)):
            what = f"var {column}" if i == j else f"cov {column}, {columns[j]}"
            yield symbol(what)


def _plain_symbol(text: str) -> str:
    return text.replace("|", r"\|")


def _latex_symbol(text: str) -> str:
    return _escaped(text)


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def _rows(mixture: Mixture, minus: str) -> Iterator[list[str]]:
    d = mixture.d
    for j in range(mixture.k):
        matrix = mixture.covariances[j]
        means = [
            _number(mean, math.sqrt(variance), minus)
            for mean, variance in zip(mixture.means[j], matrix.diagonal(), strict=True)
        ]
        entries = [_number(matrix[a, b], 0.0, minus) for a in range(d) for b in range(a, d)]
        yield [str(j + 1), _number(mixture.weights[j], 0.0, minus), *means, *entries]


def _number(value: float, scale: float, minus: str) -> str:
    """Four digits, of a mean as many as its standard deviation deserves."""
    digits = _DIGITS
    if scale > 0 and abs(value) > scale:
        digits += math.ceil(math.log10(abs(value) / scale))
    return f"{value:.{min(digits, 17)}g}".replace("-", minus)
