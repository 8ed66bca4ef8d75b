"""Dense as Conv2D and Conv2D as Dense, as rewriting of graphs."""
