"""The commands that paint: figures and animations of a fit, without a window."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from gmm_studio.cli_fitting import add_fitting, fitted
from gmm_studio.cli_options import (
    Parser,
    check_outputs,
    check_suffix,
    interrupted,
    number,
    wrong,
)
from gmm_studio.cli_painting import painting
from gmm_studio.core.errors import Cancelled

if TYPE_CHECKING:
    from gmm_studio.cli_projects import Seen

__all__ = ["animate", "render"]

THEMES = ("light", "dark", "paper")
CURVES = ("none", "below", "beside")
SWITCHES = ("ellipses", "trails", "seeds", "grid")
BACKGROUNDS = ("density", "regions", "uncertainty")
MORE = (*BACKGROUNDS, "coverage", "ghosts", "hard", "sizes", "truth", "labels")
ENDS = ("end", "last")
FINEST = 4


def render(arguments: Sequence[str]) -> None:
    """Paint one or more iterations of a fit as a figure."""
    options = _render_parser().parse(arguments)
    check_suffix(options.output, ".svg", ".pdf", ".png")
    check_outputs(options.output, beside=options.file)
    headless = _headless()
    width, height, unit = options.size
    seen = _seen(options)
    view = headless.SavedView.of(seen.view)
    look = headless.Look(
        width,
        height,
        unit,
        options.theme,
        options.curve,
        options.show,
        options.hide,
        view,
        options.fineness,
        options.transparent,
    )
    if options.iteration is not None:
        moments = [None if t is None else headless.Moment(t) for t in options.iteration]
    else:
        moments = [None if seen.cursor is None else view.moment(seen.cursor)]
    headless.render(options.output, seen.run, look, moments)


def _render_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio render",
        description="Fit a mixture, or take the run of a project, and write a figure of one "
        "iteration, or of several side by side, as SVG, PDF or PNG. Of a project it is what was on "
        "show when it was saved: the iteration, what is shown of it, the part of the plane.",
        allow_abbrev=False,
    )
    add_fitting(parser)
    add = parser.add_argument
    add(
        "--iteration",
        type=_iterations,
        metavar="T",
        help="the iteration to show, or several such as 1,2,5,10,20,end, of which those after the "
        "end are left out (end, or that of the project)",
    )
    add(
        "--size",
        type=_size,
        metavar="WxH",
        default=(900.0, 600.0, "px"),
        help="in pixels, or in centimetres as in 16x10cm (900x600)",
    )
    add(
        "--fineness",
        type=_fineness,
        metavar="F",
        default=1.0,
        help=f"pixels of a PNG for each of its size, from 1 to {FINEST}; 1 is 300 dpi where the "
        "size is in centimetres (%(default)g)",
    )
    add("--transparent", action="store_true", help="leave the ground out")
    _add_look(parser, shown=("title", "table"), hidden=("legend",))
    add(
        "-o",
        "--output",
        type=Path,
        metavar="FILE.svg|.pdf|.png",
        required=True,
        help="where to write the figure",
    )
    return parser


def animate(arguments: Sequence[str]) -> None:
    """Paint the iterations of a fit one after the other."""
    options = _animate_parser().parse(arguments)
    check_suffix(options.output, ".gif", ".png", ".apng", ".webp", ".mp4")
    check_outputs(options.output, beside=options.file)
    headless = _headless()
    width, height, _ = options.size
    animation = headless.Animation(
        headless.format_of(options.output),
        width=width,
        height=height,
        theme=options.theme,
        curve=options.curve,
        speed=options.speed,
        frames_per_second=options.fps,
        halves=options.half_steps,
        glide=options.glide,
        hold=options.hold,
        loop=not options.once,
        trim=not options.keep_tail,
        first=options.iterations[0],
        last=options.iterations[1],
    )
    seen = _seen(options)
    view = headless.SavedView.of(seen.view)
    look = headless.Look(show=options.show, hide=options.hide, view=view)
    try:
        plan = headless.animate(
            options.output,
            seen.run,
            look,
            animation,
            progress=_say_progress,
            cancelled=interrupted.is_set,
        )
    except Cancelled:
        raise KeyboardInterrupt from None
    print(f"{len(plan):,} frames, {plan.seconds:.1f} s")


def _animate_parser() -> Parser:
    parser = Parser(
        prog="gmm-studio animate",
        description="Fit a mixture, or take the run of a project, and write its iterations as an "
        "animation: GIF, animated PNG, WebP, or MP4. A project is looked at as when it was saved.",
        allow_abbrev=False,
    )
    add_fitting(parser)
    add = parser.add_argument
    add(
        "--iterations",
        type=_range,
        metavar="A-B",
        default=(0, None),
        help="from one iteration to another, such as 0-20 (all)",
    )
    add("--speed", type=number, metavar="S", default=5.0, help="steps per second (%(default)g)")
    add(
        "--fps",
        type=number,
        metavar="F",
        default=25.0,
        help="frames per second while ellipses glide, and of an MP4 (%(default)g)",
    )
    add("--half-steps", action="store_true", help="show E-step and M-step one after the other")
    add("--glide", action="store_true", help="let ellipses glide from step to step")
    add(
        "--hold",
        type=number,
        metavar="S",
        default=2.0,
        help="seconds that the last frame stays longer (%(default)g)",
    )
    add("--once", action="store_true", help="do not begin again at the end")
    add(
        "--keep-tail",
        action="store_true",
        help="go on to the last iteration, even where the ellipses no longer visibly move",
    )
    add(
        "--size",
        type=_pixels,
        metavar="WxH",
        default=(900, 600, "px"),
        help="in pixels (900x600)",
    )
    _add_look(parser)
    add(
        "-o",
        "--output",
        type=Path,
        metavar="FILE.gif|.png|.webp|.mp4",
        required=True,
        help="where to write the animation; a .png is an animated PNG",
    )
    return parser


def _add_look(parser: Parser, shown: tuple[str, ...] = (), hidden: tuple[str, ...] = ()) -> None:
    """The options of how it looks; what a project shows can be left out, and the other way."""
    add = parser.add_argument
    shown, hidden = (*MORE, *SWITCHES, *shown), (*SWITCHES, *MORE, *hidden)
    parser.set_defaults(scaled_units=None)
    add("--theme", choices=THEMES, default=THEMES[0], help="colours (%(default)s)")
    add(
        "--curve",
        choices=CURVES,
        default=CURVES[0],
        help="where the log-likelihood is drawn (%(default)s)",
    )
    add(
        "--show",
        type=_names(shown),
        metavar="density,...",
        default=(),
        help="what is shown beside the usual, or beside what the project shows, of "
        f"{', '.join(shown)}",
    )
    add(
        "--hide",
        type=_names(hidden),
        metavar="trails,...",
        default=(),
        help=f"what is left out, of {', '.join(hidden)}",
    )


def _seen(options: argparse.Namespace) -> Seen:
    """The fit, or what a project shows.

    A fit is in the data's own units and a project in those of its axes, unless others are asked
    for.
    """
    from gmm_studio.cli_projects import Seen, seen_in_project

    project = seen_in_project(options)
    if project is not None:
        return project.in_own_units() if options.scaled_units is False else project
    seen = Seen(fitted(options))
    return seen if options.scaled_units else seen.in_own_units()


def _headless() -> ModuleType:
    with painting():
        from gmm_studio.gui.animation import headless

    return headless


def _say_progress(done: int, count: int) -> None:
    """Say on a terminal how many frames are done."""
    if sys.stderr is not None and sys.stderr.isatty():
        end = "\r" if done < count else "\n"
        print(f"frame {done:,} of {count:,}", end=end, file=sys.stderr, flush=True)


def _iterations(text: str) -> tuple[int | None, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part in ENDS or re.fullmatch("[0-9]{1,9}", part) for part in parts):
        raise wrong(text, "an iteration such as 7 or end, or several such as 1,2,5,end")
    return tuple(None if part in ENDS else int(part) for part in parts)


def _range(text: str) -> tuple[int, int | None]:
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*-\s*([0-9]{1,9}|end|last)\s*", text)
    if not match:
        raise wrong(text, "a range of iterations such as 0-20 or 5-end")
    return int(match[1]), None if match[2] in ENDS else int(match[2])


def _fineness(text: str) -> float:
    found = number(text)
    if not 1 <= found <= FINEST:
        raise wrong(text, f"a number from 1 to {FINEST}")
    return found


def _size(text: str) -> tuple[float, float, str]:
    match = re.fullmatch(r"([0-9.]{1,8})x([0-9.]{1,8})(px|cm)?", text.strip().lower())
    try:
        if match:
            width, height = float(match[1]), float(match[2])
            if min(width, height) > 0:
                return width, height, match[3] or "px"
    except ValueError:
        pass
    raise wrong(text, "a size such as 900x600 or 16x10cm")


def _pixels(text: str) -> tuple[int, int, str]:
    match = re.fullmatch(r"([0-9]{1,6})x([0-9]{1,6})(?:px)?", text.strip().lower())
    if not match:
        raise wrong(text, "a size in pixels such as 900x600")
    return int(match[1]), int(match[2]), "px"


def _names(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Reads a list of some of the names."""

    def names(text: str) -> tuple[str, ...]:
        found = tuple(part.strip() for part in text.split(","))
        for name in found:
            if name not in known:
                raise wrong(name, f"one of {', '.join(known)}")
        return found

    return names
