"""What a test puts into a centre and reads of it: a class per noun, all of them parts of a Floor.

They write by the nouns' own commands, so that no row stands there that a command would not write.
"""
