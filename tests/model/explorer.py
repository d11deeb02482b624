#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What the models have in common: an explorer that goes through every state that a
model can get into, and the command line.

A model has
  start()       its first state; states can be hashed and compared
  steps(s)      the states that follow from a step of an actor
  accidents(s)  the states that follow from an accident: a kill, a power cut
  ghost(s)      the same state, with notes that only requirements read
  broken(s)     the requirement that this state breaks, or None
  settled(s)    the same for a state in which no actor can make a step
  goal(s)       optional: from every state, steps must lead to one where this holds;
                else "stuck" is broken
"""
import gc
import sys


class Model:
    def accidents(self, s):
        return ()

    def ghost(self, s):
        return s

    def explore(self, wanted):
        """(number of states, broken requirements), up to the one that is wanted; what
        follows a broken state is not looked at"""
        first = self.ghost(self.start())
        number, todo, reasons = {first: 0}, [first], set()
        before = [[]] if hasattr(self, "goal") else None
        while todo and wanted not in reasons:
            s = todo.pop()
            moved = False
            for accident, following in ((False, self.steps(s)), (True, self.accidents(s))):
                for t in following:
                    moved = moved or not accident
                    t = self.ghost(t)
                    known = len(number)
                    n = number.setdefault(t, known)  # hashed once: that takes long
                    if before is not None:
                        if n == known:
                            before.append([])
                        if not accident:
                            before[n].append(number[s])
                    if n != known:
                        continue
                    why = self.broken(t)
                    if why:
                        reasons.add(why)
                    else:
                        todo.append(t)
            why = None if moved else self.settled(s)
            if why:
                reasons.add(why)
        if before is not None and not reasons and self.lost(number, before):
            reasons.add("stuck")
        return len(number), reasons

    def lost(self, number, before):
        """Is there a state from which no steps lead to the goal?"""
        todo = [n for s, n in number.items() if self.goal(s)]
        good = set(todo)
        while todo:
            for n in before[todo.pop()]:
                if n not in good:
                    good.add(n)
                    todo.append(n)
        return len(good) < len(number)


def verdict(variants, models, variant):
    """Explore one: whether it is as it must be, and a line about it"""
    wanted = variants[variant] if variant else None
    states, reasons = 0, set()
    for model in models(variant):
        n, why = model.explore(wanted)
        states, reasons = states + n, reasons | why
        if wanted in reasons:
            break
    return (wanted in reasons if variant else not reasons,
            f"{variant or 'as it is'}: {states} states, broken: "
            f"{', '.join(sorted(reasons)) or 'nothing'}")


def main_of_casts(variants, casts, model):
    """main() for models with a dictionary of casts. variants: what each must break, and in
    which cast."""
    def models(variant):
        for name, cast in casts.items():
            if variant is None or variants[variant][1] == name:
                yield model(variant, cast)
    return main({name: breaks for name, (breaks, _) in variants.items()}, models)


def main(variants, models):
    """The command line: nothing, for the model as it is; --variant NAME; --all, for it
    and each variant, "ok" or "not ok" before each line. variants: what each must break;
    models(variant): one for each cast."""
    gc.disable()  # States have no cycles, and there are so many that it looks often.
    if sys.argv[1:] == ["--all"]:
        good = True
        for variant in [None, *variants]:
            right, line = verdict(variants, models, variant)
            good = good and right
            print("ok" if right else "not ok", line, flush=True)
        return 0 if good else 1
    right, line = verdict(variants, models,
                          sys.argv[2] if sys.argv[1:2] == ["--variant"] else None)
    print(line)
    return 0 if right else 1
