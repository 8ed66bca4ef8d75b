from pydantic import Field, PositiveInt

from layerctl.catalog.layers._images import Images


class MaxNumBoundingBoxes(Images):
    """Brings the boxes beside images to one number; images alone pass unchanged, and a spec has no others.

    Example:
        ```yaml
        - MaxNumBoundingBoxes: 32
        ```
    """

    max_number: PositiveInt = Field(description="the number of boxes for each image.")
    fill_value: int = Field(-1, description="the value that fills missing boxes.")
