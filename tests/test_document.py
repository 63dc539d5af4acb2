"""The document and its edits: pure, and each an equal document again when it is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gmm_studio.core.cloud import PointCloud
from gmm_studio.core.configuration import Configuration
from gmm_studio.core.em import iterate
from gmm_studio.core.errors import Cancelled, InputError
from gmm_studio.core.mixture import Mixture
from gmm_studio.core.starts import METHODS, Method, draw_start, seeded_start
from gmm_studio.data.generators import generate
from gmm_studio.document import (
    LARGEST_K,
    Document,
    Drawn,
    Given,
    Placed,
    Seed,
    another_start,
    choose_k,
    choose_method,
    edit_start,
    equal_components,
    free_weight,
    lock_component,
    make_start,
    move_seed,
    moved_mean,
    new_cloud,
    new_seeds,
    other_points,
    place_seed,
    remove_seed,
    reshape_seed,
    reshaped,
    reweighted,
    seeds_of,
    start_from,
    weigh_seed,
)

A, B, C = (0.0, 1.0), (2.0, -1.0), (3.5, 0.25)


@pytest.fixture
def document() -> Document:
    return Document(generate("separated", 60), 3)


@pytest.fixture
def placed(document: Document) -> Document:
    return replace(document, start=Placed((A, B, C)))


@pytest.fixture
def given_start(document: Document) -> Document:
    return start_from(document, make_start(document), "Run 1, iteration 0")


def seeds(document: Document) -> tuple[Seed | None, ...]:
    assert isinstance(document.start, Placed)
    return document.start.seeds


def given_mixture(document: Document) -> Mixture:
    assert isinstance(document.start, Given)
    return document.start.mixture


@pytest.mark.parametrize("method", METHODS)
def test_a_drawn_start_is_what_the_core_draws(document: Document, method: str) -> None:
    drawn = replace(document, start=Drawn(method, 7))  # type: ignore[arg-type]
    expected = draw_start(document.cloud, method, 3, 7)  # type: ignore[arg-type]
    np.testing.assert_array_equal(make_start(drawn).means, expected.means)
    np.testing.assert_array_equal(make_start(drawn).covariances, expected.covariances)


def test_placed_seeds_are_the_means_of_the_start(placed: Document) -> None:
    diagonal = replace(placed, configuration=Configuration("diagonal"))
    start = make_start(diagonal)
    expected = seeded_start(placed.cloud, [A, B, C], Configuration("diagonal"))
    np.testing.assert_allclose(start.means, [A, B, C], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(start.covariances, expected.covariances)
    assert (start.covariances[:, 0, 1] == 0).all()


def test_a_given_start_is_taken_as_it_is(given_start: Document) -> None:
    assert make_start(given_start) is given_mixture(given_start)


def test_missing_seeds_make_no_start(document: Document) -> None:
    with pytest.raises(InputError, match="Place all 3 seeds"):
        make_start(replace(document, start=Placed((A, None, C))))


def test_drawing_a_start_can_be_cancelled(document: Document) -> None:
    with pytest.raises(Cancelled):
        make_start(document, lambda: True)


@pytest.mark.parametrize(
    ("start", "missing"),
    [
        (Drawn(), None),
        (Placed((A, B, C)), None),
        (Placed((None, None, None)), 0),
        (Placed((A, None, None)), 1),
        (Placed((None, B, C)), 0),
    ],
)
def test_the_first_missing_seed(
    document: Document, start: Drawn | Placed, missing: int | None
) -> None:
    assert replace(document, start=start).missing_seed == missing


def test_seeds_are_placed_one_after_the_other(document: Document) -> None:
    one = place_seed(document, A)
    assert seeds(one) == (A, None, None)
    three = place_seed(place_seed(one, B), C)
    assert seeds(three) == (A, B, C)
    assert three.missing_seed is None
    assert seeds(one) == (A, None, None), "an edit changes nothing"


def test_with_all_in_place_a_new_set_begins(placed: Document, given_start: Document) -> None:
    assert seeds(place_seed(placed, (9.0, 9.0))) == ((9.0, 9.0), None, None)
    assert seeds(place_seed(given_start, A)) == (A, None, None)


def test_a_gap_is_filled_first(placed: Document) -> None:
    gap = remove_seed(placed, seeds(placed), 1)
    assert seeds(gap) == (A, None, C)
    assert seeds(place_seed(gap, (9.0, 9.0))) == (A, (9.0, 9.0), C)


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: place_seed(remove_seed(document, (A, B, C), 2), A),
        lambda document: move_seed(document, (A, B, C), 2, A),
    ],
)
def test_equal_seeds_are_refused(placed: Document, edit: Callable[[Document], Document]) -> None:
    with pytest.raises(InputError, match=r"Seed 1 is there already.*for ever"):
        edit(placed)


def test_equal_means_of_a_given_start_are_refused(given_start: Document) -> None:
    now = seeds_of(given_mixture(given_start))
    assert now[0] is not None
    with pytest.raises(InputError, match="Seed 1 is there already"):
        move_seed(given_start, now, 1, now[0])


def test_a_seed_may_stay_where_it_is(placed: Document) -> None:
    assert move_seed(placed, seeds(placed), 1, B) == placed


def test_moving_a_seed_of_a_drawn_start_keeps_the_others(document: Document) -> None:
    drawn = seeds_of(make_start(document))
    moved = move_seed(document, drawn, 1, A)
    assert seeds(moved) == (drawn[0], A, drawn[2])


def test_of_a_given_start_only_the_mean_moves(given_start: Document) -> None:
    mixture = given_mixture(given_start)
    moved = given_mixture(move_seed(given_start, seeds_of(mixture), 2, A))
    np.testing.assert_array_equal(moved.means, [*mixture.means[:2], A])
    np.testing.assert_array_equal(moved.weights, mixture.weights)
    np.testing.assert_array_equal(moved.covariances, mixture.covariances)
    assert tuple(mixture.means[2]) != A, "the other one stays"


def test_a_moved_mean_can_be_in_one_dimension() -> None:
    mixture = Mixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[2.0]]])
    assert moved_mean(mixture, 0, (5.0,)).means.tolist() == [[5.0], [1.0]]


def test_more_components_ask_for_the_missing_seeds(placed: Document) -> None:
    more = choose_k(placed, 5)
    assert seeds(more) == (A, B, C, None, None)
    assert more.missing_seed == 3


def test_fewer_components_drop_the_highest_numbers(placed: Document) -> None:
    assert seeds(choose_k(placed, 2)) == (A, B)


def test_a_method_draws_anew_for_another_k(document: Document) -> None:
    five = choose_k(replace(document, start=Drawn("k-means", 4)), 5)
    assert five.start == Drawn("k-means", 4)
    assert make_start(five).k == 5


def test_another_k_makes_seeds_of_a_given_start(given_start: Document) -> None:
    means = given_mixture(given_start).means.tolist()
    assert seeds(choose_k(given_start, 4)) == (*map(tuple, means), None)
    assert seeds(choose_k(given_start, 1)) == (tuple(means[0]),)


@pytest.mark.parametrize("k", [0, -1, 61, LARGEST_K + 1])
def test_k_is_from_1_to_n(document: Document, k: int) -> None:
    with pytest.raises(InputError, match="from 1 to 60"):
        choose_k(document, k)


def test_k_has_a_limit() -> None:
    with pytest.raises(InputError, match=f"from 1 to {LARGEST_K}"):
        choose_k(Document(generate("ring", 500), 3), LARGEST_K + 1)
    assert choose_k(Document(generate("ring", 500), 3), LARGEST_K).k == LARGEST_K


def test_another_start_is_the_next_draw(document: Document, placed: Document) -> None:
    second = another_start(replace(document, start=Drawn("random-points", 4)))
    assert second.start == Drawn("random-points", 5)
    assert another_start(placed).start == Drawn("k-means++", 0)


def test_a_method_is_chosen_with_its_random_state(placed: Document) -> None:
    assert choose_method(placed, "k-means", 3).start == Drawn("k-means", 3)


def test_a_new_cloud_brings_its_number_of_components(placed: Document) -> None:
    grid = new_cloud(placed, generate("grid", 100))
    assert (grid.k, grid.start) == (9, Drawn())
    ring = new_cloud(grid, generate("ring", 100))
    assert ring.k == 3, "the number of another truth says nothing"
    moons = new_cloud(replace(placed, k=5), generate("moons", 100))
    assert moons.k == 5, "a person's own choice stays"


def test_a_new_cloud_keeps_method_and_configuration(document: Document) -> None:
    tied = replace(document, start=Drawn("k-means", 8), configuration=Configuration("tied"))
    made = new_cloud(tied, generate("ring", 100))
    assert made.start == Drawn("k-means", 0)
    assert made.configuration == Configuration("tied")


def test_a_small_cloud_has_at_most_as_many_components_as_points(document: Document) -> None:
    assert new_cloud(document, PointCloud([[1.0, 2.0]])).k == 1


def test_another_sample_keeps_the_number_that_was_chosen(document: Document) -> None:
    sample = generate("separated", 80, random_state=1)
    assert new_cloud(replace(document, k=5), sample).k == 5
    assert new_cloud(document, sample).k == 3
    grid = new_cloud(document, generate("grid", 80))
    assert new_cloud(grid, generate("grid", 80, random_state=1)).k == 9
    more = generate("separated", 80, k=6)
    assert new_cloud(replace(document, k=5), more).k == 6, "not another sample of the same"


def test_deleting_points_keeps_the_start(placed: Document) -> None:
    keep = np.arange(60) < 50
    reduced = other_points(placed, placed.cloud.subset(keep))
    assert reduced.cloud.n == 50
    assert (reduced.k, reduced.start) == (3, placed.start)
    few = other_points(placed, placed.cloud.subset(np.arange(60) < 2))
    assert (few.cloud.n, few.k, few.start) == (2, 2, Drawn())


def test_start_from_takes_the_mixture_whole(document: Document) -> None:
    mixture = draw_start(document.cloud, "k-means", 5)
    made = start_from(document, mixture, "Run 2, iteration 7")
    assert made.k == 5
    assert made.start == Given(mixture, "Run 2, iteration 7")


def test_documents_are_equal_by_what_they_hold(document: Document) -> None:
    assert Document(document.cloud, 3) == document
    assert Document(generate("separated", 60), 3) != document, "another cloud, if an equal one"
    assert replace(document, k=2) != document


# The whole start by hand

WIDE = [[4.0, 1.0], [1.0, 2.0]]


@pytest.fixture
def mixture() -> Mixture:
    covariances = [[[1.0, 0.2], [0.2, 1.0]], [[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 3.0]]]
    return Mixture([0.2, 0.3, 0.5], [A, B, C], covariances)


@pytest.mark.parametrize("start", [Drawn(), Drawn("k-means"), Placed((A, B, C))])
def test_a_reshaped_seed_keeps_the_rest_of_any_start(
    document: Document, start: Drawn | Placed
) -> None:
    before = replace(document, start=start)
    whole = make_start(before)
    after = reshape_seed(before, whole, 1, WIDE, "Edited by hand")
    made = given_mixture(after)
    np.testing.assert_array_equal(made.covariances[1], WIDE)
    np.testing.assert_array_equal(made.covariances[[0, 2]], whole.covariances[[0, 2]])
    np.testing.assert_array_equal(made.means, whole.means)
    np.testing.assert_array_equal(made.weights, whole.weights)
    assert before.start == start, "an edit changes nothing"
    assert after.start == Given(made, "Edited by hand")


def test_a_covariance_that_is_none_is_refused(document: Document, mixture: Mixture) -> None:
    with pytest.raises(InputError, match="Covariance 2 is not positive definite"):
        reshape_seed(document, mixture, 1, [[1.0, 2.0], [2.0, 1.0]])


def test_reshaping_respects_the_structure(mixture: Mixture) -> None:
    diagonal = reshaped(mixture, 0, WIDE, "diagonal").covariances
    np.testing.assert_array_equal(diagonal[0], [[4, 0], [0, 2]])
    np.testing.assert_array_equal(diagonal[1:], mixture.covariances[1:])
    spherical = reshaped(mixture, 0, WIDE, "spherical").covariances
    np.testing.assert_array_equal(spherical[0], 3 * np.eye(2))
    tied = reshaped(mixture, 0, WIDE, "tied").covariances
    np.testing.assert_array_equal(tied, [WIDE, WIDE, WIDE])


def test_a_reshaped_start_is_where_the_run_begins(placed: Document) -> None:
    after = reshape_seed(placed, make_start(placed), 2, WIDE)
    first = next(iterate(after.cloud, make_start(after), after.configuration)).mixture
    np.testing.assert_allclose(first.covariances[2], WIDE, rtol=1e-12)


def test_the_others_share_what_a_weight_leaves(mixture: Mixture) -> None:
    made = reweighted(mixture, 2, 0.75)
    np.testing.assert_allclose(made.weights, [0.1, 0.15, 0.75], rtol=1e-12)
    np.testing.assert_array_equal(made.means, mixture.means)


def test_locked_components_keep_their_weight(document: Document, mixture: Mixture) -> None:
    np.testing.assert_allclose(reweighted(mixture, 2, 0.6, (0,)).weights, [0.2, 0.2, 0.6])
    assert free_weight(mixture, 2, (0,)) == pytest.approx(0.8)
    locked = lock_component(document, 0, True)
    after = weigh_seed(locked, mixture, 2, 0.6)
    assert given_mixture(after).weights.tolist() == pytest.approx([0.2, 0.2, 0.6])
    assert free_weight(mixture, 2, (0, 1)) == 0.5, "its own: no other can give or take"
    with pytest.raises(InputError, match="No other component"):
        reweighted(mixture, 2, 0.4, (0, 1))


def test_its_own_lock_does_not_hold_a_weight_that_is_typed(mixture: Mixture) -> None:
    np.testing.assert_allclose(reweighted(mixture, 2, 0.75, (2,)).weights, [0.1, 0.15, 0.75])


@pytest.mark.parametrize("weight", [0.0, -0.1, 1.0, 1.5, float("nan")])
def test_a_weight_is_between_0_and_1(mixture: Mixture, weight: float) -> None:
    with pytest.raises(InputError, match="above 0 and below 1"):
        reweighted(mixture, 0, weight)


def test_what_empty_components_get_is_shared_equally() -> None:
    alone = Mixture([1.0, 0.0, 0.0], [[0.0], [1.0], [2.0]], np.ones((3, 1, 1)))
    assert reweighted(alone, 0, 0.5).weights.tolist() == [0.5, 0.25, 0.25]


def test_the_whole_start_is_one_edit(placed: Document, mixture: Mixture) -> None:
    after = edit_start(placed, mixture, (0, 2), "Edited by hand")
    assert after.start == Given(mixture, "Edited by hand")
    assert after.configuration.locked == (0, 2)
    locks = edit_start(placed, None, (1,))
    assert (locks.start, locks.configuration.locked) == (placed.start, (1,))


def test_equal_components_are_refused_but_not_equal_means(document: Document) -> None:
    narrow, wide = np.eye(2), 4 * np.eye(2)
    halo = Mixture([0.5, 0.5], [A, A], [narrow, wide])
    assert equal_components(halo) is None, "they part"
    assert edit_start(replace(document, k=2), halo, ()).start == Given(halo)
    twins = Mixture([0.2, 0.8], [A, A], [wide, wide])
    assert equal_components(twins) == (0, 1)
    with pytest.raises(InputError, match="1 and 2 are equal"):
        edit_start(replace(document, k=2), twins, ())


def test_a_moved_seed_of_a_start_that_is_more_than_its_means(document: Document) -> None:
    drawn = replace(document, start=Drawn("k-means"))
    whole = make_start(drawn)
    moved = given_mixture(move_seed(drawn, seeds_of(whole), 1, A, whole))
    np.testing.assert_array_equal(moved.covariances, whole.covariances)
    np.testing.assert_array_equal(moved.weights, whole.weights)
    np.testing.assert_array_equal(moved.means, [whole.means[0], A, whole.means[2]])


@pytest.mark.parametrize("method", METHODS)
def test_moving_a_seed_keeps_all_else_whatever_drew_it(document: Document, method: Method) -> None:
    drawn = replace(document, start=Drawn(method))
    whole = make_start(drawn)
    moved = make_start(move_seed(drawn, seeds_of(whole), 1, A, whole))
    np.testing.assert_allclose(moved.covariances, whole.covariances, rtol=1e-9)
    np.testing.assert_allclose(moved.weights, whole.weights, rtol=1e-12)


def test_a_component_is_locked_and_unlocked(placed: Document) -> None:
    both = lock_component(lock_component(placed, 2, True), 0, True)
    assert both.configuration.locked == (0, 2)
    assert both.start == placed.start
    assert lock_component(both, 2, False).configuration.locked == (0,)
    assert lock_component(both, 0, True) == both


def test_locks_go_with_their_components(placed: Document, mixture: Mixture) -> None:
    all_three = edit_start(placed, None, (0, 1, 2))

    def locked(document: Document) -> tuple[int, ...]:
        return document.configuration.locked

    assert locked(choose_k(all_three, 2)) == (0, 1)
    assert locked(choose_k(all_three, 5)) == (0, 1, 2)
    assert locked(remove_seed(all_three, (A, B, C), 1)) == (0, 2)
    assert locked(move_seed(all_three, (A, B, C), 1, (9.0, 9.0))) == (0, 1, 2)
    assert locked(start_from(all_three, mixture)) == (0, 1, 2)
    given = start_from(all_three, mixture)
    assert locked(remove_seed(given, (A, B, C), 1)) == (), "the others lose their shapes"


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: choose_method(document, "k-means"),
        another_start,
        new_seeds,
        lambda document: place_seed(document, (9.0, 9.0)),
        lambda document: new_cloud(document, generate("ring", 100)),
    ],
)
def test_a_new_start_has_no_locks(placed: Document, edit: Callable[[Document], Document]) -> None:
    assert edit(lock_component(placed, 1, True)).configuration.locked == ()


def test_new_seeds_are_all_missing(placed: Document) -> None:
    assert seeds(new_seeds(placed)) == (None, None, None)


def test_a_seed_that_is_placed_again_leaves_the_locks_of_others(placed: Document) -> None:
    gap = remove_seed(lock_component(placed, 0, True), (A, B, C), 1)
    assert place_seed(gap, B).configuration.locked == (0,)
