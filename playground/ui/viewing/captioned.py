"""A view of plots with a quiet line below that says what to look for. Draws nothing itself."""

from __future__ import annotations

from playground.experiment.frame import Frame
from playground.ui.forms.caption import Caption
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.style_sheet import change_role
from playground.ui.theme import Theme, small
from playground.ui.viewing.tagged import TaggedView
from playground.ui.workspace.document import Document


class CaptionedView(TaggedView):
    """Its line below is a quiet one, or a remark; of several members it says which one is shown."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        font = small(self.font())
        self.caption = Caption(f"{self.name}.caption", font)
        self.rows.addWidget(self.caption)
        self._member = ""  # which of several is shown
        self._tag.setFont(font)

    def show_warning(self, warning: bool) -> None:
        """Let the line be a quiet one, or a remark."""
        change_role(self.caption, "remark" if warning else "muted")

    def follow_member(self, frame: Frame) -> None:
        """Of several members, say below which one is shown."""
        members = frame.scene.members
        self._member = members[frame.member] if len(members) > 1 else ""

    def of_the_first(self, frame: Frame) -> str:
        """To be said of layer statistics, which are written down of the first member alone, where there are several."""
        return self.tr(" Over time it is the first member's.") if len(frame.scene.members) > 1 else ""

    def say(self, text: str, more: str = "") -> None:
        """Let the line below say this, and on hover more."""
        whose = " " + self.tr("Shown is {0}.").format(self._member) if self._member else ""
        self.caption.say(text + whose, more)

    def new_plot(self) -> NumberPlot:
        """A plot of numbers that does not move under the mouse."""
        return NumberPlot(small(self.font()))
