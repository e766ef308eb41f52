"""Whether the names of our packages are ours in this installation; asked by `check` and by everything that runs.

`rules` and `connectors` are names of other published packages too, and installing one beside ours overwrites files silently.
"""

from importlib.metadata import packages_distributions

from streams.errors import UsageError

OURS = ("streams", "connectors", "rules")
DISTRIBUTION = "tocsin"


def refuse_foreign() -> None:
    """Raises UsageError when another distribution owns one of our names too; silent when we run from a checkout."""
    owners = packages_distributions()
    for name in OURS:
        others = sorted({owner for owner in owners.get(name, ()) if owner != DISTRIBUTION})
        if others:
            raise UsageError(
                f'package name "{name}" belongs to "{others[0]}" and to "{DISTRIBUTION}" in this environment; '
                f"install {DISTRIBUTION} into an environment of its own"
            )
