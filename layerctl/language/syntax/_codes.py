"""The codes of text that is not valid YAML, or exceeds a limit."""

from __future__ import annotations

from layerctl.diagnostics import Code


class InvalidYaml(Code, id="LC101"):
    """The text is not YAML.

    The YAML parser stopped here; nothing after this place was read.

    Why:
        A spec is YAML. Where the parser cannot tell what is meant, guessing would build another model than yours.

    Example:
        ```yaml
        layers:
          - Dense: {units: 10
        ```

    Fix:
        Close the bracket or quote, indent with spaces, and put a space after each `:` and `-`.
    """


class DuplicateKey(Code, id="LC102"):
    """A key stands twice in one mapping.

    Only one of the two values could count, and most YAML readers silently keep the last.

    Why:
        A silently dropped value is a model that differs from what its file seems to say.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: {units: 10, units: 20}
        ```

    Fix:
        Remove one of the two entries.
    """


class TagNotAllowed(Code, id="LC103"):
    """A value carries a YAML tag.

    Tags (`!x`, `!!python/…`, `!!int`) are how YAML files come to run code, and layerctl never needs one.

    Why:
        A spec must be safe to read whoever wrote it.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - Dense: !!int 10
        ```

    Fix:
        Remove the tag; quote the value where it must be text.
    """


class InvalidUtf8(Code, id="LC104"):
    """The file is not UTF-8 text.

    Why:
        YAML is read as UTF-8; any other encoding would put wrong characters into names.

    Example:
        A file saved as Latin-1 or UTF-16, or a binary file.

    Fix:
        Save the file as UTF-8. A byte order mark is accepted.
    """


class InvalidCharacter(Code, id="LC105"):
    """The text holds a control character.

    Why:
        YAML forbids characters that cannot be seen, such as NUL and ESC.

    Example:
        A file that was cut off by a crash and filled with NUL bytes.

    Fix:
        Remove the character; in a quoted text, write it as an escape (`"\\x1b"`).
    """


class NotOneDocument(Code, id="LC106"):
    """The file does not hold exactly one YAML document.

    Why:
        One file is one spec, so that a path names a model.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [Flatten]
        ---
        layers: [Dense: 10]
        ```

    Fix:
        Split the file at `---`, or write a spec into the empty file (`layerctl init`).
    """


class LimitExceeded(Code, id="LC107"):
    """The document is larger, deeper or more self-repeating than layerctl reads.

    Why:
        Without limits a few lines of YAML (an alias bomb, a million brackets) could fill the memory of a CI job.

    Example:
        ```yaml
        a: &a [x, x, x, x, x, x, x, x, x]
        b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
        d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
        e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
        f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
        ```

    Fix:
        Write less: use loops and blocks for repetition.
    """


class InvalidAlias(Code, id="LC108"):
    """An alias points to no anchor before it, or into itself.

    Why:
        An alias repeats a finished value; a value that holds itself has no end.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: &all
          - *all
        ```

    Fix:
        Put the anchor (`&name`) on the value before the first alias (`*name`).
    """


class InvalidKey(Code, id="LC109"):
    """A key is not a plain name.

    Why:
        All keys of a spec are names; a list or a mapping as a key means nothing here.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers:
          - {[1, 2]: 3}
        ```

    Fix:
        Quote the key where it is meant as text.
    """
