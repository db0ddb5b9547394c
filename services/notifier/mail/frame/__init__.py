"""The frame around every mail and the parts it is made of."""
