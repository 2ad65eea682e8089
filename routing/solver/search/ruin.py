"""What is taken out of a solution: strings of neighbouring stops, whole routes, single visits.

Strings as in Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), section 5.1. Whole routes around a visit, the emptied one sometimes closed for the
step, help where waiting is most of a route: then no string makes room for a shift to stay at home.
"""

import numpy as np

from routing.solver.jit import compiled
from routing.solver.search.arrays import COUNT, FIRST, PINNED, TOUCHED, Instance, Memory, State
from routing.solver.search.dice import choose, roll
from routing.solver.search.removal import choose_out, take_chosen
from routing.solver.search.ties import Ledger, Ties

MEAN_REMOVED, LONGEST_STRING, BLINK, ROUTE_SHARE, SINGLE_SHARE, CLOSED_SHARE, SPLIT_SHARE, OLD_TRIED, SLACK = range(9)

SETTINGS = np.array([10.0, 10.0, 0.02, 0.35, 0.03, 0.1, 0.5, 12.0, 0.0])
"""Mean number of visits taken out, longest string, how often a route is overlooked; shares of steps that take whole
routes, that take single visits, that close a shift; share of strings that leave stops in their middle; how many
absent visits are tried again per step; how much dearer than the best, in hundredths, a solution may be whose routes
are kept."""


@compiled
def ruin(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    settings: np.ndarray,
) -> None:
    """Take visits out of ``state``; ``Memory.counts`` receives how many routes changed and how many visits are out."""
    dice = memory.dice
    seed = choose(dice, instance.visits.shape[0])
    luck = roll(dice)
    if luck < settings[ROUTE_SHARE]:
        _choose_routes(instance, ties, state, ledger, memory, seed)
    elif luck < settings[ROUTE_SHARE] + settings[SINGLE_SHARE]:
        _choose_single_visits(instance, ties, state, ledger, memory, settings)
    else:
        if roll(dice) < settings[CLOSED_SHARE]:
            memory.flags[2, choose(dice, instance.shifts.shape[0])] = True
        _choose_strings(instance, ties, state, ledger, memory, settings, seed)
    take_chosen(instance, ties, current, state, current_ledger, ledger, memory)


@compiled
def _choose_strings(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, settings: np.ndarray, seed: int
) -> None:
    dice, counts = memory.dice, memory.counts
    mean, used = settings[MEAN_REMOVED], max(1, counts[2])
    average = max(1.0, counts[3] / used)
    longest = min(settings[LONGEST_STRING], average)
    strings = int(roll(dice) * (4.0 * mean / (1.0 + longest) - 1.0) + 1.0)
    for number in range(instance.near.shape[1]):
        if counts[TOUCHED] >= strings:
            break
        visit = instance.near[seed, number]
        shift = state.where[visit]
        if shift < 0 or memory.flags[1, shift] or instance.visits[visit, PINNED]:
            continue
        count, first = state.rows[shift, COUNT], state.rows[shift, FIRST]
        free = count - first
        length = min(free, int(roll(dice) * min(float(free), longest) + 1.0))
        at = first + 1
        while state.seq[shift, at] != visit:
            at += 1
        kept = 0
        if 1 < length < free and roll(dice) < settings[SPLIT_SHARE]:
            kept = 1
            while length + kept < free and roll(dice) < 0.5:
                kept += 1
        span = length + kept
        low, high = max(first + 1, at - span + 1), min(at, count - span + 1)
        begin = low + choose(dice, high - low + 1)
        gap = begin + 1 + choose(dice, length - 1) if kept else 0
        for k in range(begin, begin + span):
            if not (kept and gap <= k < gap + kept):
                choose_out(instance, ties, state, ledger, memory, shift, state.seq[shift, k])


@compiled
def _choose_routes(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, seed: int) -> None:
    """One or two whole routes near a visit, with no more than thirty stops together."""
    dice, counts = memory.dice, memory.counts
    routes, closes = 1 + int(roll(dice) * 2.5), roll(dice) < 0.5
    room = 30
    for number in range(instance.near.shape[1]):
        if counts[TOUCHED] >= routes:
            break
        shift = state.where[instance.near[seed, number]]
        if shift < 0 or memory.flags[1, shift]:
            continue
        count = state.rows[shift, COUNT]
        if counts[TOUCHED] > 0 and count > room:
            continue
        room -= count
        if counts[TOUCHED] == 0 and closes:
            memory.flags[2, shift] = True
        for k in range(state.rows[shift, FIRST] + 1, count + 1):
            choose_out(instance, ties, state, ledger, memory, shift, state.seq[shift, k])


@compiled
def _choose_single_visits(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, settings: np.ndarray
) -> None:
    dice = memory.dice
    for _ in range(1 + int(roll(dice) * 2.0 * settings[MEAN_REMOVED])):
        visit = choose(dice, instance.visits.shape[0])
        shift = state.where[visit]
        if shift >= 0 and not memory.flags[1, shift] and not instance.visits[visit, PINNED]:
            choose_out(instance, ties, state, ledger, memory, shift, visit)
