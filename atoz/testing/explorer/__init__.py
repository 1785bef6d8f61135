"""Model checking of escalation policies: every story up to a depth, played once for all stories that are alike.

A story is what a buyer, Amazon and the clock do to a claim while a seller follows the plan. There are too many of them
to play one by one. But most differ in ways that no plan of the policy at hand can notice, and those are played once.
This page says which they are, and why nothing is missed.

**A state** is a claim at an instant. From it three things can follow: somebody else does something (`world.happenings`,
the depth of a story counts these), the seller does the first thing that the plan says to do now, or, once nothing is
left to do, time passes to the next instant at which anything changes. The search (`search.py`) goes through states
by depth, then by time, so that the first story that breaks an invariant is a shortest one.

**A key** stands for all states that are played as one. Two states may share a key only if, first, their plans show the
same: the same steps to take now in the same order, the same later, missed and done ones, with the same time left, the
same warnings, the same instant to look again; and, second, whatever follows in one follows in the other and leads to
states that share a key again. Then no invariant of plans can hold in one future and fail in the other. This is a
bisimulation; one step of it is enough, and `tests/testing/test_merging.py` takes that step: on the shipped policies,
on hundreds of drawn ones that use every condition, and on claims of which only the status was observed.

**What the key keeps** (`abstraction.py`), because a plan reads it:

- the status, and which steps and warnings can still apply. Their conditions on the order, the reason and the amount
  never change, so they are tested once for a claim;
- which steps are done, by the planner's own rule (`step_status.last_done`), and which of the events that times count
  from have happened at all;
- of every other condition its residue: the least that decides it from now on. Three messages and four are the same to a
  policy that asks for at least two. The table of conditions says what the residue of each is;
- every deadline: how long it has left if it waits for an answer, and whether it can start, what is asked of its state
  and whether missing it was held against the seller if it does not;
- how far ahead the start and the due time of each step lie, and when the cadence allows the next message.

**What the key drops**, and why that changes no plan:

- *Absolute time.* Everything is counted from events or back from deadlines, so that two claims whose instants have the
  same distances stay alike. Weekdays are kept where business days are counted.
- *Instants that are over*, but for their order: a plan lists what was due first, and nothing else hangs on how long
  ago that was. New instants never lie before the present one, so the order among the old ones stays as it is.
- *Times that are counted anew before they matter*: a step that is done, or whose deadline stands still, comes again
  only by certain events. What these events set afresh is not kept until then.
- *What asks for statuses that cannot follow any more, or for what can never hold again* (`relevance.py`): the condition
  itself says when it is lost, and the transition table which statuses are ahead. The seller's own moves count only if
  a step that can still apply makes them.
- *The history itself.* A step is done or not; how often and when matters only through what is kept above.

**What is not covered** is printed with every result: stories longer than the depth; instants between those at which
something changes; other filing days, and clocks that change while a story lasts; sellers who do not follow the plan;
facts that come to light during a claim; what an invariant of your own reads beyond the plan, unless `tells_apart`
names it; and claims of which only the status was observed, unless you start from one.
"""
