"""What is said of a race and its entries."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gmm_studio.document import Document, Drawn
from gmm_studio.gui.laboratory.race_card import CardText
from gmm_studio.gui.laboratory.race_lanes import Lane, Standing
from gmm_studio.gui.laboratory.race_plot import letter
from gmm_studio.gui.numbers import log_likelihood, number
from gmm_studio.gui.panels.runs_panel import ending, start_name
from gmm_studio.gui.panels.start_panel import method_names
from gmm_studio.gui.panels.update_rules import choice_of

__all__ = ["card_text", "lane_name", "model_text", "outcome", "rule_names"]

translate = QCoreApplication.translate


def lane_name(widget: QWidget, document: Document) -> str:
    """What an entry is called: its start, and its update rule where that is not exact EM."""
    start, rule = document.start, choice_of(document.configuration)
    if isinstance(start, Drawn):
        name = f"{method_names(widget).get(start.method, start.method)} {start.random_state}"
    else:
        name = start_name(widget, document)
    return name if rule == "em" else f"{name}, {rule_names()[rule]}"


def rule_names() -> dict[str, str]:
    """What people read for each update rule."""
    return {
        "em": translate("Race", "exact EM"),
        "previous-means": translate("Race", "previous means"),
        "hard-priors": translate("Race", "hard priors"),
        "previous-means+hard-priors": translate("Race", "previous means, hard priors"),
        "classification": translate("Race", "classification EM"),
        "stochastic": translate("Race", "stochastic EM"),
        "annealing": translate("Race", "annealing EM"),
        "split-and-merge": translate("Race", "split-and-merge EM"),
    }


def card_text(widget: QWidget, lane: Lane, standing: Standing | None, cursor: int) -> CardText:
    """What the card of an entry says."""
    name = lane_name(widget, lane.document)
    if lane.problem:
        title = translate("Race", "No start")
        told = f"{name}: {lane.problem}"
        return CardText(name, (title,), (lane.problem,), (), (title,), told)
    if not lane.steps:
        told = translate("Race", "{name}: open this start").format(name=name)
        return CardText(name, told=told)
    if standing is None:
        now = log_likelihood(lane.level(lane.step_at(cursor)))
        t = f"{min(cursor, lane.last):,}"
        step = translate("Race", "Iteration {t}").format(t=t)
        if lane.stop is not None:
            step = translate("Race", "Cancelled at {t}").format(t=f"{lane.last:,}")
        return CardText(name, (now,), (step,), (), (step, t), f"{name}: {step}, {now}")
    value = log_likelihood(lane.level(lane.steps[-1]))
    count = translate("Race", "{t} iterations").format(t=f"{lane.last:,}")
    verdict, how = _verdict(standing), _way(widget, lane, standing)
    dot = " \N{MIDDLE DOT} "
    told = f"{name}: {verdict[0]}, {value}, {how}, {count}. "
    told += translate("Race", "Click to open it in the main view.")
    way = (how + dot + count, f"{how}{dot}{lane.last:,}", how)
    short = f"{lane.level(lane.steps[-1]):,.0f}".replace("-", "\N{MINUS SIGN}")
    return CardText(name, (value, short), verdict, way, (verdict[0] + dot + how, *verdict), told)


def _verdict(standing: Standing) -> tuple[str, ...]:
    if not standing.stuck:
        return translate("Race", "Best of the race"), translate("Race", "Best")
    if standing.below == 0:
        return (translate("Race", "Not sound"),)
    size = number(standing.below, 3 if standing.below >= 1 else 2)
    return (
        translate("Race", "Stuck, {below} below").format(below=size),
        translate("Race", "{below} below").format(below=size),
        f"\N{MINUS SIGN}{size}",
    )


def _way(widget: QWidget, lane: Lane, standing: Standing) -> str:
    return _ordinal(standing.place) if standing.place else ending(widget, lane.stop)


def _ordinal(place: int) -> str:
    return [
        translate("Race", "1st"),
        translate("Race", "2nd"),
        translate("Race", "3rd"),
        translate("Race", "4th"),
        translate("Race", "5th"),
        translate("Race", "6th"),
        translate("Race", "7th"),
        translate("Race", "8th"),
    ][place - 1]


def outcome(widget: QWidget, lanes: Sequence[Lane], standings: Sequence[Standing | None]) -> str:
    """How the race went, in one or two sentences."""
    known = [(lane, one) for lane, one in zip(lanes, standings, strict=True) if one is not None]
    if not known:
        problems = [lane.problem for lane in lanes if lane.problem]
        return problems[0] if problems and len(problems) == len(lanes) else ""
    best = [lane for lane, one in known if one.is_best]
    if not best:
        return ""
    value = log_likelihood(max(lane.level(lane.steps[-1]) for lane in best))
    if len(best) == len(lanes):
        text = translate("Race", "All {m} reached the best of the race, {value}.")
    else:
        text = translate("Race", "{n} of {m} reached the best of the race, {value}.")
    text = text.format(n=len(best), m=len(lanes), value=value)
    first = [letter(i) for i, one in enumerate(standings) if one is not None and one.place == 1]
    if first and len(known) > 1:
        t = f"{min(lane.last for lane, one in known if one.place == 1):,}"
        told = translate("Race", "First: {letters}, {t} iterations.")
        text += " " + told.format(letters=", ".join(first), t=t)
    return text


def model_text(document: Document) -> str:
    """What entries of a race, or cells of a sweep, have in common."""
    cloud = document.cloud
    name = cloud.name or translate("Race", "{n} points").format(n=f"{cloud.n:,}")
    return translate("Race", "{name}, {k} components, {covariance}").format(
        name=name, k=document.k, covariance=document.configuration.covariance
    )
