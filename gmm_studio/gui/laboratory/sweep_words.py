"""What is said of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.mixture import Covariance
from gmm_studio.core.sweep import CRITERIA, Cell, Criterion, best_of
from gmm_studio.gui.laboratory.sweep_task import Plan
from gmm_studio.gui.translation import message_of

__all__ = ["criterion_names", "outcome", "short_names", "subject_text", "unmade"]

translate = QCoreApplication.translate


def criterion_names() -> dict[Criterion, str]:
    """What people read for each criterion."""
    return {
        "bic": translate("Sweep", "BIC"),
        "aic": translate("Sweep", "AIC"),
        "icl": translate("Sweep", "ICL"),
    }


def short_names() -> dict[Covariance, str]:
    """Structures in a word each."""
    return {
        "full": translate("Sweep", "Full"),
        "tied": translate("Sweep", "Tied"),
        "diagonal": translate("Sweep", "Diagonal"),
        "spherical": translate("Sweep", "Spherical"),
    }


def outcome(cells: Sequence[Cell]) -> str:
    """Where BIC is lowest, whether that or another is at the edge, and what cannot be made."""
    best = best_of(cells, CRITERIA[0])
    if best is None:
        return unmade(cells)
    said = translate("Sweep", "BIC is lowest at k = {k}, {covariance}.").format(
        k=best.cell.k, covariance=short_names()[best.cell.covariance].lower()
    )
    if best.at_edge == "most" and len({cell.k for cell in cells}) > 1:
        said += " " + translate(
            "Sweep", "The best k is at the edge of the sweep: try more components."
        )
    elif best.at_edge == "fewest":
        said += " " + translate(
            "Sweep", "The best k is at the edge of the sweep: try fewer components."
        )
    if not best.cell.spurious[best.index] and _has_lower(cells, best.value):
        said += " " + translate("Sweep", "What is lower rests on single points.")
    others = () if best.at_edge else _edges(cells)
    return " ".join(filter(None, (said, *others, unmade(cells))))


def _edges(cells: Sequence[Cell]) -> Iterator[str]:
    """The other criteria whose lowest value may lie beyond the sweep."""
    for criterion in CRITERIA[1:]:
        best = best_of(cells, criterion)
        if best is not None and best.at_edge and len({cell.k for cell in cells}) > 1:
            yield translate("Sweep", "{criterion} is lowest at its edge, k = {k}.").format(
                criterion=criterion_names()[criterion], k=best.cell.k
            )


def _has_lower(cells: Sequence[Cell], value: float) -> bool:
    return any(bool((cell.values(CRITERIA[0]) < value).any()) for cell in cells)


def unmade(cells: Sequence[Cell]) -> str:
    """Which cells have no run, and why the first one has none."""
    missing = [cell for cell in cells if not cell.ends and cell.problem is not None]
    if not missing or missing[0].problem is None:
        return ""
    ks = sorted({cell.k for cell in missing})
    numbers = str(ks[0]) if len(ks) == 1 else f"{ks[0]} \N{EN DASH} {ks[-1]}"
    return translate("Sweep", "None for k = {ks}: {why}").format(
        ks=numbers, why=message_of(missing[0].problem)
    )


def subject_text(plan: Plan) -> str:
    """What a sweep was made for."""
    cloud = plan.document.cloud
    return cloud.name or translate("Sweep", "{n} points").format(n=f"{cloud.n:,}")
