"""What the gallery offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QCoreApplication

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import iterate
from gmm_studio.core.mixture import Mixture
from gmm_studio.data.generators import GENERATORS, generate
from gmm_studio.document import Document, Drawn, make_start
from gmm_studio.lessons.collection import collection
from gmm_studio.lessons.data import make_cloud
from gmm_studio.lessons.examples import EXAMPLES, read_example
from gmm_studio.lessons.lesson import Lesson, Page

__all__ = ["Item", "Kind", "item_groups", "items", "sketch"]

Kind: TypeAlias = Literal["example", "lesson", "published", "generator"]

_POINTS = 600
_USUAL_K = 4
_MOST_ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class Item:
    """An example, a lesson or a generator.

    Attributes
    ----------
    kind : {"example", "lesson", "published", "generator"}
    name : str
        By which the program knows it.
    title, summary : str
    """

    kind: Kind
    name: str
    title: str
    summary: str = ""

    def matches(self, words: str) -> bool:
        """Whether all words are somewhere in title, summary and the name of the group."""
        text = f"{self.title} {self.summary} {item_groups()[self.kind]}".casefold()
        return all(word in text for word in words.casefold().split())


def item_groups() -> dict[Kind, str]:
    """What each kind is called, in the order of the gallery."""
    return {
        "example": _tr("Examples"),
        "lesson": _tr("Lessons"),
        "published": _tr("Published systems"),
        "generator": _tr("Generators"),
    }


def items() -> tuple[Item, ...]:
    """Everything there is, in the order of the gallery."""
    found = [
        Item("example", one.name, _tr(one.title), _tr(one.summary)) for one in EXAMPLES.values()
    ]
    kinds: dict[str, Kind] = {"lessons": "lesson", "published": "published"}
    found += [
        Item(kinds[lesson.group], name, _tr(lesson.title), _tr(lesson.summary))
        for name, lesson in collection().items()
    ]
    found += [Item("generator", name, _tr(one.title)) for name, one in GENERATORS.items()]
    order = list(item_groups())
    return tuple(sorted(found, key=lambda item: order.index(item.kind)))


def sketch(item: Item) -> tuple[PointCloud, Mixture]:
    """The points and the mixture that the small picture of an item shows."""
    if item.kind == "example":
        return _fitted(Document(read_example(item.name), EXAMPLES[item.name].k, Drawn("k-means")))
    if item.kind == "generator":
        cloud = generate(item.name, _POINTS)
        if cloud.truth is not None:
            return cloud, cloud.truth
        k = GENERATORS[item.name].default_k or _USUAL_K
        return _fitted(Document(cloud, k, Drawn("k-means")))
    page = _telling(collection()[item.name])
    return _fitted(page.setting.document(make_cloud(page.data)), page)


def _telling(lesson: Lesson) -> Page:
    """The first page that shows an end, else the first."""
    return next((page for page in lesson.pages if page.show == "end"), lesson.pages[0])


def _fitted(document: Document, page: Page | None = None) -> tuple[PointCloud, Mixture]:
    """The cloud and the mixture that EM comes to, or the one that a page stands at."""
    configuration: Configuration = document.configuration
    last = page.show if page is not None and isinstance(page.show, int) else _MOST_ITERATIONS
    steps = iterate(document.cloud, make_start(document), configuration)
    mixture = next(steps).mixture
    for step in steps:
        if step.index > last:
            break
        mixture = step.mixture
    return document.cloud, mixture


def _tr(text: str) -> str:
    return QCoreApplication.translate("Lessons", text)
