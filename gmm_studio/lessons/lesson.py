"""What a lesson is: pages, each with its data, start and model, views, and a few sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.errors import InputError
from gmm_studio.core.scaling import scaled
from gmm_studio.document import Document, Drawn, Given, Placed
from gmm_studio.lessons.data import Data, FromPoints
from gmm_studio.lessons.views import Trial, Views

__all__ = ["GROUPS", "Group", "Half", "Lesson", "Page", "Setting", "Show", "lesson_of"]

Group: TypeAlias = Literal["lessons", "published"]
GROUPS: tuple[Group, ...] = ("lessons", "published")

Half: TypeAlias = Literal["whole", "E", "M"]
Show: TypeAlias = int | Literal["end", "play"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A document without its cloud."""

    k: int
    start: Drawn | Placed | Given = field(default_factory=Drawn)
    configuration: Configuration = field(default_factory=Configuration)

    def document(self, cloud: PointCloud) -> Document:
        """The document of a cloud.

        Raises
        ------
        InputError
            When the start does not fit the cloud.
        """
        start = self.start
        if self.k > cloud.n:
            raise InputError(
                "{k} components need at least {k} points; there are {n}.", k=self.k, n=cloud.n
            )
        if any(d != cloud.d for d in _dimensions(start)):
            raise InputError("The start must have {d} numbers for each mean.", d=cloud.d)
        return Document(cloud, self.k, start, self.configuration)


def _dimensions(start: Drawn | Placed | Given) -> list[int]:
    """Of each mean that the start gives."""
    if isinstance(start, Given):
        return [start.mixture.d]
    seeds = start.seeds if isinstance(start, Placed) else ()
    return [len(seed) for seed in seeds if seed is not None]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, with all that is on show there.

    Attributes
    ----------
    text : str
        A few sentences.
    data : Data
    setting : Setting
    show : int or "end" or "play"
        Where the cursor stands: an iteration, the last one, or it plays from the start.
    half : {"whole", "E", "M"}
        Which half of the iteration, where half-steps are shown.
    views : Views
    trial : Trial or None
        Starts that a person may try from here with one click.
    """

    text: str
    data: Data
    setting: Setting
    show: Show = "play"
    half: Half = "whole"
    views: Views = field(default_factory=Views)
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    title : str
    summary : str
        What is learnt, in a sentence.
    pages : tuple of Page
        At least one.
    group : {"lessons", "published"}
        Where the gallery shows it.
    """

    title: str
    summary: str
    pages: tuple[Page, ...]
    group: Group = "lessons"


def lesson_of(
    document: Document,
    title: str,
    text: str,
    *,
    summary: str = "",
    show: Show = "play",
    views: Views | None = None,
) -> Lesson:
    """A lesson of one page that shows a document.

    Parameters
    ----------
    document : Document
    title : str
    text : str
        What to look at.
    summary : str
    show : int or "end" or "play"
    views : Views, optional
    """
    setting = Setting(document.k, document.start, document.configuration)
    cloud = document.cloud
    data = FromPoints(scaled(cloud, "none"), cloud.scaling_kind)
    page = Page(text, data, setting, show, views=views or Views())
    return Lesson(title, summary, (page,))
