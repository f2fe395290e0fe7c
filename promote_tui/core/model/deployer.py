"""What decisions and messages need to know of the deployer, and no more."""

from __future__ import annotations

from promote_tui.core.value import Value


class DeployerFacts(Value):
    """What the deployer is called, and what it calls its own files and resources; only its adapter says so.

    `name` stands in messages behind an article (`the X CLI says`), and so does `configuration`, the file that a
    service is usually configured in; `configurations` are all the names that it may have. `bucket` is the logical id
    of the bucket that a stack keeps packages in, which can be made again; `bucket_output` is the output that names it,
    the only one of a stack that holds nothing else; `bucket_remedy` says how to give a stack one. Each is empty where
    the deployer makes none. `keep_output` tells whoever deploys by hand how their stack names its commit.
    """

    name: str
    configuration: str
    configurations: tuple[str, ...]
    bucket: str = ""
    bucket_output: str = ""
    bucket_remedy: str = ""
    keep_output: str = ""
