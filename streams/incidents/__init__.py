"""Which events are one thing in the world, why, what they say together, and whose word that rests on; knows no rule."""
