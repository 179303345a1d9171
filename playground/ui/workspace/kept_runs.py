"""Which run belongs to which revision of the document, and where the runs stand that have been left. Knows no thread."""

from __future__ import annotations

from itertools import count

from playground.experiment.run.session import Bookmark

MOST = 8
MOST_BYTES = 500_000_000  # of theirs, and of the data that they learn from


class KeptRuns:
    """Revisions between which nothing was begun anew share a run. `now` is the one that goes on, at `revision`.

    Of the runs that have been left the latest are kept, for whoever comes back to one of their revisions.
    """

    def __init__(self, revision: int | None = None) -> None:
        self._ids = count(1)
        self.now, self.revision = 0, revision
        self._of = {revision: 0}
        self._left: dict[int, Bookmark] = {}

    def of(self, revision: int) -> int:
        """The run of a revision; one that was never seen goes on with the present run."""
        return self._of.get(revision, self.now)

    def left(self, run: int) -> Bookmark | None:
        """Where a run was left; None where it is kept no longer."""
        return self._left.get(run)

    def new(self) -> int:
        """A name for a run that begins."""
        return next(self._ids)

    def go_on(self, revision: int, run: int, left: Bookmark | None) -> None:
        """From now on this run goes on, at this revision; the one before it stood at `left`.

        A run that gives way to another at the same revision, as while a slider is dragged, is not come back to.
        """
        if left is not None and run != self.now and revision != self.revision:
            self._left[self.now] = left
        self.now, self.revision = run, revision
        self._of[revision] = run
        self._left.pop(run, None)
        while len(self._left) > MOST or self._bytes() > MOST_BYTES:
            del self._left[next(iter(self._left))]

    def _bytes(self) -> int:
        datasets = {id(left.dataset): left.dataset for left in self._left.values()}
        runs = sum(left.run.nbytes for left in self._left.values())
        return runs + sum(dataset.X.nbytes + dataset.y.nbytes for dataset in datasets.values())
