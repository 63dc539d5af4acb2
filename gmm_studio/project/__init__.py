"""Projects: everything that a person made, in one file that is safe to open from a stranger.

A `.gmmstudio` file is a ZIP archive whose members are stored, not packed. The first is
`project.json`, an object in ASCII of at most 16 MiB; the others are arrays in NumPy's format
(little-endian, C order), which `numpy.load` opens by name without the suffix. Nothing in it is run
or unpacked to a disk, other members are not looked at, and numbers come back to the last bit.

``project.json`` begins with ``format`` and ``version``, in this version and in all to come:

====================  ============================================================================
``format``            ``"gmm-studio-project"``.
``version``           1, the first there is. Newer ones are refused.
``program``           The version of GMM Studio that saved it; only for people.
``mixtures``          All mixtures but those of steps: ``{"weights": [...], "means": [[x, y], ...],
                      "covariances": [[[a, b], [b, c]], ...]}``. What is the same object is here
                      once; so it is with clouds. Others refer to both by number, from 0.
``clouds``            All clouds, see below.
``document``          ``{"cloud": 0, "k": 3, "start": START, "configuration": {...}}``, with all
                      fields of `Configuration`. START is ``{"method": "k-means++",
                      "random_state": 0}``, ``{"seeds": [[x, y] or null, ...]}`` or ``{"mixture":
                      0, "origin": "..."}``.
``runs``              All runs, see below.
``shown``             Which of them is on show, from 0, or null.
``view``              An object that the interface alone understands.
====================  ============================================================================

A cloud has the fields of `PointCloud`, with mixtures and `unscaled` (a cloud before it) by number.
``weights``, ``labels`` and, in ``source``, ``kept`` say whether there is such an array.

==============================  ==================================================================
``clouds/0/points.npy``         (n, d), doubles.
``clouds/0/weights.npy``        (n,), doubles.
``clouds/0/labels.npy``         (n,), whole numbers of 1, 2, 4 or 8 bytes.
``clouds/0/counts.npy``         (n,), whole numbers: those of the grid, if there is one.
``clouds/0/kept.npy``           (rows,), bytes 0 and 1.
==============================  ==================================================================

A run is ``{"number": 1, "name": "", "pinned": false, "cursor": 0, "document": {...}, "stop": null
or {"reason": "...", "component": null}, "steps": t, "objective": false, "events": false, "state":
{...}}``, of k components as its document has them.

==============================  ==================================================================
``runs/0/weights.npy``          (t, k), doubles: those of step 0, step 1 and so on. With
                                split-and-merge mixtures may follow that are none of a step's.
``runs/0/means.npy``            (t, k, d), doubles.
``runs/0/covariances.npy``      (t, k, d, d), doubles.
``runs/0/log_likelihoods.npy``  (t,), doubles.
``runs/0/objective.npy``        (t,), doubles, if ``objective`` is true; NaN where there is none.
``runs/0/events.npy``           (e, 3), if ``events`` is true: the step, the place of the kind in
                                `gmm_studio.project.runs.EVENTS`, and the component or -1.
``runs/0/state.npy``            (t, columns), doubles: what the update rule keeps, a row for each
                                step; none for exact EM. See `gmm_studio.project.states`.
==============================  ==================================================================

A change to any of this is a new version, with which files of the older ones are still opened.
"""

from gmm_studio.project.model import Project, SavedRun
from gmm_studio.project.reading import is_project, read_project
from gmm_studio.project.writing import project_bytes, write_project

__all__ = [
    "Project",
    "SavedRun",
    "is_project",
    "project_bytes",
    "read_project",
    "write_project",
]
