"""The compiled search: ruin and recreate on flat arrays, without a Python object in its loops.

A problem and its solutions

``arrays``     the problem, a solution, and what the search remembers
``ties``       what ties routes to each other, and the ledger of a solution: who is where and when
``rows``       rows carried from one solution to another

One route

``timing``     the exact price of one route, by the policy of ``routing.timetable``
``segments``   lengths of parts of a route, from which an insertion is priced in constant time
``route``      a row of a solution: worked out, stops put in and taken out, the depot call put where it is best
``insertion``  the best place of a visit in a route

Routes beside each other

``ledger``     a route that changed is entered, or refused when it breaks a rule beside the others
``meetings``   who is at which place when, and whom of another bubble they would meet
``room``       when something may begin beside all other routes, and the bounds on which they agree
``tied``       places for a visit that depend on other routes
``team``       visits by several people

Steps

``choice``     the best place of a visit in all routes, remembered while a route does not change
``ruin``       what is taken out: strings, whole routes, single visits
``removal``    how it is taken out, with all that cannot stay without it
``recreate``   what is put back, and in which sequence
``anneal``     the loop
``begin``      how it begins at rows that somebody has written
``dice``       random numbers
"""
