"""The question compiler: questions become SQL, written in the flavour of one database.

Its modules form a chain, each resting on those below it only: the planner, what is counted together and what letters
tell, the grammar with its values and conditions, the statement, sights, records that are worked out, flavours, phrases.
"""
