"""Papermill's parameters for notebooks in Java: a declaration for each, such as var lr = 0.1;.

Papermill imports this module by itself, as a plug-in: see pyproject.toml.
"""

import math
import re

from papermill.engines import NBClientEngine  # papermill's own engine, for the entry point to name
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

WIDENING = ["Integer", "Long", "Double"]  # in a list each becomes what the widest beside it is, as in Java's sums
MOST_PAIRS = 10  # that Map.of takes
NAME = r"[A-Za-z_$][\w$]*"
KEYWORDS = set("""_ abstract assert boolean break byte case catch char class const continue default do double else enum
    extends final finally float for goto if implements import instanceof int interface long native new package private
    protected public return short static strictfp super switch synchronized this throw throws transient try void volatile
    while true false null""".split())

TEXT = r'"(?:\\.|[^"\\])*"' + r"|'(?:\\.|[^'\\])*'"
DECLARATION = re.compile(
    rf"(?:^|(?<=;))[ \t]*(?:final[ ]+)?(?P<type>{NAME}(?:\.{NAME})*(?:<[\w$.<>,? \[\]]*>)?(?:\[\])*)[ \t]+"
    rf"(?P<name>{NAME})[ \t]*=(?P<value>(?:{TEXT}|[^;\"'])+);(?:[ \t]*//(?P<help>.*))?", re.MULTILINE)
LITERALS = {"boolean": r"true|false", "int": r"-?\d[\d_]*", "long": r"-?\d[\d_]*[lL]", "String": r'".*"',
            "double": r"-?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?"}


class JavaTranslator(Translator):
    """What papermill asks of a language: how values are written, and which parameters a cell declares."""

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = [f"// {comment}", *(cls.declaration(name, value) for name, value in parameters.items())]
        return "".join(line + "\n" for line in lines)

    @classmethod
    def declaration(cls, name, value):
        if not re.fullmatch(NAME, name) or name in KEYWORDS:
            raise PapermillException(f"The parameter '{name}' cannot be a variable in Java.\n"
                                     "A name is made of letters, digits and _, begins with no digit, and is no keyword.")
        kind = java_type(value)
        return f"{kind if 'Object' in kind else 'var'} {name} = {cls.translate(value)};"

    @classmethod
    def translate(cls, value):
        return cls.translate_list(value) if isinstance(value, tuple) else super().translate(value)

    @classmethod
    def translate_none(cls, value):
        return "null"

    @classmethod
    def translate_int(cls, value):
        match java_type(value):
            case "Integer":
                return str(value)
            case "Long":
                return f"{value}L"
            case wider:
                return f'new {wider}("{value}")'

    @classmethod
    def translate_float(cls, value):
        if math.isnan(value):
            return "Double.NaN"
        if math.isinf(value):
            return "Double.POSITIVE_INFINITY" if value > 0 else "Double.NEGATIVE_INFINITY"
        return repr(value)

    @classmethod
    def translate_escaped_str(cls, value):
        """A string literal; what has no type of its own in Java, such as YAML's dates, is written as its text."""
        # the compiler reads \\uXXXX before it knows of strings, so a line end or a quote may not be written that way
        named = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
        plain = (named.get(char) or (char if char.isprintable() else utf16(char)) for char in str(value))
        return f'"{"".join(plain)}"'

    @classmethod
    def translate_list(cls, values):
        write = {"Long": lambda value: f"{value}L", "Double": lambda value: cls.translate_float(float(value))}.get(
            common_type(values, WIDENING), cls.translate)
        if None in values:
            return filled("ArrayList<Object>", [f"add({write(value)})" for value in values])
        return f"List.of({', '.join(map(write, values))})"

    @classmethod
    def translate_dict(cls, values):
        pairs = [f"{cls.translate(key)}, {cls.translate(value)}" for key, value in values.items()]
        if None in values.values():
            return filled("LinkedHash" + java_type(values), [f"put({pair})" for pair in pairs])
        if len(pairs) > MOST_PAIRS:
            return f"Map.ofEntries({', '.join(f'Map.entry({pair})' for pair in pairs)})"
        return f"Map.of({', '.join(pairs)})"

    @classmethod
    def inspect(cls, parameters_cell):
        """The declarations of the cell with the tag 'parameters', each with the comment behind it as its help."""
        return [Parameter(found["name"], declared_type(found["type"], found["value"].strip()), found["value"].strip(),
                          (found["help"] or "").strip())
                for found in DECLARATION.finditer(parameters_cell["source"])]


def java_type(value) -> str:
    """The type of what the value is written as, boxed; Object where several types meet."""
    match value:
        case None:
            return "Object"
        case bool():
            return "Boolean"
        case int():
            return "Integer" if -2**31 <= value < 2**31 else "Long" if -2**63 <= value < 2**63 else "BigInteger"
        case float():
            return "Double"
        case list() | tuple():
            return f"List<{common_type(value, WIDENING)}>"
        case dict():
            return f"Map<{common_type(value) if value else 'String'}, {common_type(value.values())}>"
        case _:
            return "String"


def common_type(values, widening=()) -> str:
    types = {java_type(value) for value in values}
    if types and types <= set(widening):
        return max(types, key=widening.index)
    return types.pop() if len(types) == 1 else "Object"


def declared_type(written: str, value: str) -> str:
    """The type as the cell's author wrote it; behind 'var' that of a literal, or papermill's word for an unknown one."""
    if written != "var":
        return written
    return next((kind for kind, literal in LITERALS.items() if re.fullmatch(literal, value)), "None")


def filled(kind: str, calls: list[str]) -> str:
    """A collection with its content in one expression, where the short List.of and Map.of refuse null."""
    return f"new {kind}() {{{{ {'; '.join(calls)}; }}}}"


def utf16(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at:at + 2].hex()}" for at in range(0, len(units), 2))


papermill_translators.register("java", JavaTranslator)
