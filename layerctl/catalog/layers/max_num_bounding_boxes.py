from pydantic import Field, PositiveInt

from layerctl.catalog.layers._images import Images


class MaxNumBoundingBoxes(Images):
    """Pads or cuts lists of bounding boxes to one length. In a spec, where the layer gets images only, it changes nothing.

    Example:
        ```yaml
        - MaxNumBoundingBoxes: 32
        ```
    """

    max_number: PositiveInt = Field(description="the number of boxes for each image.")
    fill_value: int = Field(-1, description="the value that fills missing boxes.")
