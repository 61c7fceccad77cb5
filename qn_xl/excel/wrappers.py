"""modQnFunctions: the VBA of the worksheet functions, generated from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qn_xl.functions_registry import Function

MODULE = "modQnFunctions"
_LONGEST_HELP = 255  # what Application.MacroOptions takes


def module(functions: Iterable[Function]) -> str:
    """Return the source: a wrapper for each function, and the Sub that describes them to the function wizard."""
    functions = tuple(functions)
    lines = [
        f'Attribute VB_Name = "{MODULE}"',
        "Option Explicit",
        "",
        "' Generated from qn_xl/functions_registry.py by qn-xl workbook build. Do not edit.",
    ]
    for function in functions:
        lines += ["", *_wrapper(function)]
    return "\n".join([*lines, "", *_descriptions(functions)]) + "\n"


def help_texts(functions: Iterable[Function]) -> Mapping[str, str]:
    """Return the texts that the function wizard shows, by the keys that the module asks for."""
    found = {}
    for function in functions:
        found[f"fn.{function.name}"] = _cut(function.description)
        for place, argument in enumerate(function.arguments, 1):
            found[f"fn.{function.name}.{place}"] = _cut(argument.help)
    return found


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_HELP else text[: _LONGEST_HELP - 1] + "…"


def _wrapper(function: Function) -> list[str]:
    declared = ", ".join(
        f"{'Optional ' if argument.optional else ''}ByVal {argument.name} As Variant" for argument in function.arguments
    )
    passed = ", ".join(f"QnPlain({argument.name})" for argument in function.arguments)
    if function.look_up:
        domain, usual = function.look_up
        answer = f'QnAnswer("{function.name}", "{domain}", "{usual}", Array({passed}))'
    elif function.name == "QN_AS_OF":
        answer = "CDbl(QnShownAsOf())"
    else:
        answer = f'QnFallThrough("{function.name}", Array({passed}))'
    return [
        f"Public Function {function.name}({declared}) As Variant",
        f"    {function.name} = {answer}",
        "End Function",
    ]


def _descriptions(functions: tuple[Function, ...]) -> list[str]:
    lines = ["Public Sub QnDescribeFunctions()", "    Dim category As String", '    category = QnText("title")']
    for function in functions:
        texts = ", ".join(
            f'QnText("fn.{function.name}.{place}")' for place in range(1, len(function.arguments) + 1)
        )
        arguments = f", ArgumentDescriptions:=Array({texts})" if texts else ""
        lines.append(
            f'    Application.MacroOptions Macro:="{function.name}", Description:=QnText("fn.{function.name}"), '
            f"Category:=category{arguments}"
        )
    return [*lines, "End Sub"]
