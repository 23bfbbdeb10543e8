"""A labelled bench for the recognisers, made anew from a seed. No value and no sentence of it belongs to anybody."""
