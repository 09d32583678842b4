"""The micro-world: shapes with faces that move through scenes, with the sounds they make and captions in two languages."""
