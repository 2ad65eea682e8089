"""The compiled search: ruin and recreate on flat arrays, without a Python object in its loops.

``arrays``     the problem, a solution, and what the search remembers
``timing``     the exact price of one route, by the policy of ``routing.timetable``
``segments``   lengths of parts of a route, from which an insertion is priced in constant time
``route``      a row of a solution: worked out, stops put in and taken out, the depot call put where it is best
``insertion``  the best place of a visit, remembered while a route does not change
``ruin``       what is taken out: strings, whole routes, single visits
``recreate``   what is put back, and in which sequence
``anneal``     the loop
``dice``       random numbers
"""
