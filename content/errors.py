"""
What can be wrong with content, on top of `campaigns.errors`.

    CordialeError
    ├── TemplateFault    a template or a wording says what is not allowed    exit 1
    └── MediaFault       a media file is not where it may be                 exit 1
"""

from campaigns.errors import CordialeError, Where

#: What a wording or a template may hold. Every refusal ends with it.
ALLOWED = (
    "Allowed are text, {{ names }}, filters, {% if %} with comparisons, and/or/not, and calls to plural() and "
    "gender(); templates may also use one {% for %}."
)


class TemplateFault(CordialeError):
    """A template or a wording cannot be rendered; names it, its line, and what is allowed."""

    def __init__(self, template: str, message: str, hint: str = ALLOWED, line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint, Where(template, line, column))
        self.template = template
        self.line = line
        self.column = column


class MediaFault(CordialeError):
    """A media file lies outside the folder that it may come from, or cannot be read."""
