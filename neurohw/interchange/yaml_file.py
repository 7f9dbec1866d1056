"""YAML files of strangers, read as plain lists, mappings, texts and numbers: no tags, no aliases, no doubled keys."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from neurohw.errors import ChipError, UnsupportedError
from neurohw.hardware.quantities import shown

LARGEST_FILE = 1_000_000  # bytes; a description of a chip takes some 5,000


def read_yaml(path: str | PathLike[str]) -> Any:
    """Return what a YAML file holds.

    Aliases are refused, as a few of them can stand for more than fits into memory, and so are keys that occur
    twice, of which one would be lost.

    Raises
    ------
    ChipError
        For a file that is missing, unreadable, too large, or not such YAML.
    UnsupportedError
        Where PyYAML is not installed.
    """
    try:
        import yaml
    except ImportError as error:
        raise UnsupportedError(
            f"{path}: reading YAML needs PyYAML, which is not installed; `pip install neurohw[sanafe]` does it"
        ) from error
    text = _text(Path(path))
    try:
        return _construct(yaml, text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ChipError(f"{path}: line {line}: not plain YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ChipError(f"{path}: not plain YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise ChipError(f"{path}: nested too deeply") from error
    except ValueError as error:  # a number of more digits than Python takes, a day that no month has
        raise ChipError(f"{path}: not plain YAML: {error}") from error


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ChipError(f"{path}: not a file")
        if size > LARGEST_FILE:
            raise ChipError(f"{path}: {size} bytes, at most {LARGEST_FILE} are read")
        return path.read_text("utf-8")
    except OSError as error:
        raise ChipError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ChipError(f"{path}: byte {error.start} is not UTF-8 text") from error


def _construct(yaml: Any, text: str) -> Any:
    """Build the document; the loader is made here because PyYAML may not be installed."""

    class PlainLoader(yaml.SafeLoader):
        """PyYAML's safe loader without aliases and without doubled keys."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                mark = self.peek_event().start_mark
                raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read", mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key.value, str):
                    continue  # refused by the safe loader
                if key.value in keys:
                    problem = f"key {shown(key.value)} occurs twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                keys.add(key.value)
            return super().construct_mapping(node, deep)

    return yaml.load(text, PlainLoader)
