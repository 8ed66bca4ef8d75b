"""The document's sections as pydantic models. Layers are not here: they bind themselves, item by item, in `expand`."""
