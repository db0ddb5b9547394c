"""Templates that isolate what people wrote, wherever it is shown, without being asked.

The generator of a template's code knows whether an expression stands in running text, in an attribute that
is read aloud, or in a place that only machines read. Text that could turn its neighbours
(`libs.language.isolation`) is put into `<bdi>` in the first, between U+2068 and U+2069 in the second, and
left alone in the third. So it is with each part of what a template joins by `~` or `join`. In an element with
`dir="auto"` it needs no `<bdi>`.
"""

from __future__ import annotations

import re
from copy import copy
from typing import Any, Final

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import do_join, make_attrgetter
from markupsafe import Markup, escape

from libs.language.isolation import balanced, isolated, leaks, turns

_READ_ALOUD: Final = frozenset(
    {
        "alt",
        "aria-description",
        "aria-label",
        "aria-roledescription",
        "content",
        "label",
        "placeholder",
        "title",
    }
)
_WITHOUT_MARKUP: Final = frozenset({"option", "svg", "title"})
"""Elements that hold text and no `<bdi>`."""
_AS_TYPED: Final = frozenset({"script", "style", "textarea"})
_ELEMENT: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z][\w:-]*)=(["'])$""")


def isolate(environment: Environment) -> None:
    """Have the environment's HTML templates isolate what people wrote."""
    environment.filters.update(
        isolated_text=_in_text,
        isolated_words=_in_words,
        isolated_alone=_alone,
        isolated_part=_in_words,
        join=_joined,
    )
    environment.code_generator_class = _Generator


def _in_text(value: Any) -> Any:
    if type(value) is not str or not turns(value):
        return value
    value = balanced(value)
    return Markup("<bdi>{}</bdi>").format(value) if leaks(value) else value


def _in_words(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return isolated(value) if isinstance(value, str) else value


def _alone(value: Any) -> Any:
    return escape(balanced(value)) if type(value) is str else value


@pass_eval_context
def _joined(context: nodes.EvalContext, value: Any, d: str = "", attribute: Any = None) -> Any:
    """Join as the library does, each item isolated."""
    items = value if attribute is None else map(make_attrgetter(context.environment, attribute), value)
    return do_join(context, [_in_words(item) for item in items], d)


class _Generator(CodeGenerator):
    """As the library's own, after each expression got the filter of its place."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  # the library's name
        for joined in list(node.find_all(nodes.Concat)):
            joined.nodes = [_filtered(part, "isolated_part") for part in joined.nodes]
        if (self.filename or self.name or "").endswith((".html", ".svg")):
            _walk(node, _Place())
        super().visit_Template(node, frame)


class _Place:
    """Where the next expression stands, as far as the markup before it tells."""

    def __init__(self) -> None:
        """Begin in running text."""
        self.tag = ""  # what was read of the tag that is open
        self.quote = ""
        self.attribute = ""
        self.within: list[str] = []
        self.alone = False

    def read(self, markup: str) -> None:
        """Go on behind this markup."""
        for sign in markup:
            if not self.tag:
                self._read_text(sign)
            elif self.quote:
                self.tag += sign
                if sign == self.quote:
                    self.quote = self.attribute = ""
            else:
                self._read_tag(sign)

    def filter(self) -> str | None:
        """Name what an expression here is passed through."""
        if self.tag:
            return "isolated_words" if self.attribute in _READ_ALOUD else None
        if self.within:
            return None if self.within[-1] in _AS_TYPED else "isolated_words"
        return "isolated_alone" if self.alone else "isolated_text"

    def _read_text(self, sign: str) -> None:
        if sign == "<":
            self.tag = sign

    def _read_tag(self, sign: str) -> None:
        self.tag += sign
        if sign in "\"'":
            found = _ATTRIBUTE.search(self.tag)
            self.quote, self.attribute = sign, found[1].lower() if found else ""
        elif sign == ">" and not (self.tag.startswith("<!--") and not self.tag.endswith("-->")):
            self._end_tag()
        elif len(self.tag) == 2 and not (sign.isalpha() or sign in "/!"):  # noqa: PLR2004
            self.tag = ""  # a lone "<"

    def _end_tag(self) -> None:
        found, tag, self.tag = _ELEMENT.match(self.tag), self.tag, ""
        if found is None:
            return
        name, closes = found[1].lower(), tag.startswith("</")
        self.alone = not closes and 'dir="auto"' in tag
        if name not in _WITHOUT_MARKUP | _AS_TYPED or tag.endswith("/>"):
            return
        if not closes:
            self.within = [*self.within, name]
        elif self.within and self.within[-1] == name:
            self.within = self.within[:-1]


def _walk(node: nodes.Node, place: _Place) -> None:
    """Give the expressions below the node their filters; the place moves on with the markup."""
    if isinstance(node, nodes.Output):
        node.nodes = [_placed(child, place) for child in node.nodes]
    elif isinstance(node, nodes.If):
        before = copy(place)
        for branch in (node.body, *(other.body for other in node.elif_), node.else_):
            at = copy(before) if branch is not node.body else place
            for child in branch:
                _walk(child, at)
    elif isinstance(node, nodes.Macro | nodes.Block | nodes.CallBlock | nodes.AssignBlock):
        inner = copy(place) if isinstance(node, nodes.Block) else _Place()
        for child in node.body:
            _walk(child, inner)
    else:
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Stmt):
                _walk(child, place)


def _placed(child: nodes.Expr, place: _Place) -> nodes.Expr:
    if isinstance(child, nodes.TemplateData):
        place.read(child.data)
        return child
    name = place.filter()
    return child if name is None else _filtered(child, name)


def _filtered(child: nodes.Expr, name: str) -> nodes.Expr:
    if isinstance(child, nodes.Const):
        return child
    made = nodes.Filter(child, name, [], [], None, None, lineno=child.lineno)
    made.set_environment(child.environment)  # type: ignore[arg-type]  # every parsed node has one
    return made
