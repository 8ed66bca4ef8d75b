"""`layerctl init`."""

from __future__ import annotations

from typing import Annotated

import typer

from layerctl.cli._common import guarded
from layerctl.cli._options import Debug
from layerctl.cli._streams import put_text

EXAMPLES = """
  layerctl init                       cnn.yaml, a small image classifier
  layerctl init faces --template mlp  faces.yaml, from another template

\b
Templates: cnn, mlp, rnn, conv2d, dense, sensor, spam, wine, penguins, values_dense, values_conv2d,
values_flatten, and known architectures: zoo/resnet50, zoo/mobilenet_v2, zoo/efficientnet_b0,
zoo/densenet121, zoo/vgg16, zoo/unet, zoo/transformer_encoder
"""


@guarded
def command(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Name or path of the new spec.", show_default=False)] = None,
    template: Annotated[str, typer.Option("--template", help="Which spec to start from.")] = "cnn",
    debug: Debug = False,
) -> None:
    """Write a commented starter spec. Never overwrites a file.

    Beside it goes .layerctl/schema.json, where there is none yet: the spec's first line names it, so that editors with the
    YAML language server complete layers and arguments, explain them and mark mistakes, also without a network.
    `layerctl schema --output-file .layerctl/schema.json` brings it up to date.
    """
    from layerctl.api.init import init

    path = init(name, template)
    put_text(f"wrote {path}; next: layerctl check {path}")
