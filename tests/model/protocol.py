#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""protocol.py [--variant NAME | --all]

The protocol of alertspool-spool(5) as a model, and an explorer that goes through
every interleaving of its steps. Each step is one system call of spool_put.c,
spool_move.c, queue.c or "run".

Actors: two writers of one delivery, the record "early"; two runners and one user
of "alertspool claim" and "ack", who handle "early" and "late", which waits in
new/ already and is a later record of the same alert. Anyone may be killed at any
step, which frees his locks and ends his handler; a lease may run out once nobody
alive handles the record; the power may be cut in any state, which undoes
everything that was not flushed. A system call that fails leaves the same state as a
kill before it. On a file system without RENAME_NOREPLACE, a move is link and unlink:
the casts with names that end with "-link".

Required in every state:
  durable   an answered record would be complete after a power cut now
  one       a delivery is one record in one state
  handlers  never two live handlers of one alert
  order     an actor that handles "late" has seen, after locking the alert, that "early"
            is in neither new/ nor cur/
  kept      nobody moves a record that another's live lease protects
  due       a lease ends with the claim: no record in new/ is delayed by the lease of a
            claim that failed or is over
  stuck     no actor waits for ever, and no record stays in cur/ for ever

Without --variant the real protocol is explored, and no requirement may fail. A variant
leaves out one step and must break the requirement that it names. Prints the number of
states; exit 0 if everything is as required, otherwise 1.
"""
import sys
from collections import namedtuple

import explorer

# place: where it is (a tuple of states; more than one breaks "one"); lease: a
# number for each mtime that was set; out: that time is past; by: it is the lease of
# a claim (the mtimes of other moves are past at once); data, entry: flushed; twice:
# the places are two names of one file
Record = namedtuple("Record", "place lease out by data entry twice")
# pc: next step; rec: which record; seen: what was in new/, then (place, lease), at
# the look; mine: lease of his claim; clear: "early" was seen out of the way; left:
# rounds; absent: a writer's look found nothing so far
Actor = namedtuple("Actor", "pc rec seen mine clear left absent")
# rlock: holder of each record's lock; alock: of the alert's
State = namedtuple("State", "recs actors rlock alock answered kills leases")

VARIANTS = {
    "no-file-fsync": "durable", "no-directory-fsync": "durable",
    "answer-before-link": "durable", "duplicate-not-flushed": "durable",
    "writer-without-record-lock": "one", "move-without-record-lock": "one",
    "no-alert-lock": "handlers", "scan-before-alert-lock": "order",
    "alert-freed-while-handling": "handlers", "lease-before-rename": "due",
    "time-after-rename-out-of-cur": "due", "lease-between-link-and-unlink": "due",
    "ack-without-second-look": "kept", "lock-kept-by-the-dead": "stuck",
    "lease-of-a-later-record-ignored": "handlers",
}


class Model(explorer.Model):
    def __init__(self, variant, actors, link=False):
        self.variant, self.names, self.link = variant, actors, link

    def start(self):
        idle = {"W": "lock", "R": "take", "U": "take"}
        early = Record((), 0, True, False, False, False, False)
        late = Record(("new",), 0, True, False, True, True, False)
        return State((early, late),
                     tuple(Actor(idle[n[0]], 0, None, 0, False, 2 if n[0] == "R" else 1, True)
                           for n in self.names), (None, None), None, False, 1, 0)

    # ---- changes of a state

    @staticmethod
    def actor(s, i, **change):
        return s._replace(actors=s.actors[:i] + (s.actors[i]._replace(**change),) +
                          s.actors[i + 1:])

    @staticmethod
    def record(s, r, **change):
        return s._replace(recs=s.recs[:r] + (s.recs[r]._replace(**change),) + s.recs[r + 1:])

    @staticmethod
    def lock(s, r, holder):
        return s._replace(rlock=s.rlock[:r] + (holder,) + s.rlock[r + 1:])

    # ---- a writer of "early": spool_put()

    def writer(self, s, i):
        a, early, v = s.actors[i], s.recs[0], self.variant
        go = lambda t, pc, **more: self.actor(t, i, pc=pc, **more)
        if a.pc == "lock":
            if v == "writer-without-record-lock":
                yield go(s, "look-new")
            elif s.rlock[0] is None:
                yield go(self.lock(s, 0, i), "look-new")
        elif a.pc.startswith("look-"):
            where = a.pc[5:]
            following = {"new": "look-cur", "cur": "look-done", "done": "write"}[where]
            if where in early.place:
                yield go(s, "same-file", seen=where)
            else:
                yield go(s, following)
        elif a.pc == "same-file":  # a duplicate: flush file and directory
            yield go(self.record(s, 0, data=True) if v != "duplicate-not-flushed" else s,
                     "same-directory")
        elif a.pc == "same-directory":
            flush = v != "duplicate-not-flushed" and a.seen in early.place
            yield go(self.record(s, 0, entry=True) if flush else s, "answer")
        elif a.pc == "write":  # its own dot-name, so it is not a record yet
            if v == "answer-before-link":
                yield go(s._replace(answered=True), "link")
            else:
                yield go(s, "link")
        elif a.pc == "link":
            if "new" in early.place:
                yield go(s, "unlock")  # EEXIST: 503
            else:
                data = v != "no-file-fsync"
                yield go(self.record(s, 0, place=early.place + ("new",), out=True, data=data,
                                     entry=False), "fsync-directory")
        elif a.pc == "fsync-directory":
            yield go(self.record(s, 0, entry=True) if v != "no-directory-fsync" else s, "answer")
        elif a.pc == "answer":
            yield go(s._replace(answered=True), "unlock")
        elif a.pc == "unlock":
            yield go(self.lock(s, 0, None) if s.rlock[0] == i else s, "end")

    # ---- a move: spool_move(), its steps and the lock around them

    def order(self, source, to):
        """The steps of a move, in order. The lease is set in cur/, once new/ has the
        record no more; any other time before the record leaves cur/."""
        v = self.variant
        names = ("link", "unlink") if self.link else ("rename",)
        if source == to:  # a lease that ran out is taken over
            return ("mtime",)
        if to == "cur" and v == "lease-between-link-and-unlink" and self.link:
            return ("link", "mtime", "unlink")
        first = v == "lease-before-rename" if to == "cur" else v != "time-after-rename-out-of-cur"
        return ("mtime",) + names if first else names + ("mtime",)

    def move(self, s, i, to, done, failed):
        a, v = s.actors[i], self.variant
        go = lambda t, pc, **more: self.actor(t, i, pc=pc, **more)
        verb, _, step = a.pc.partition(":")
        r, rec = a.rec, s.recs[a.rec]
        unlock = lambda t: self.lock(t, r, None) if t.rlock[r] == i else t
        source = a.seen[0]
        steps = ("again",) + self.order(source, to) + ("unlock",)
        following = verb + ":" + steps[steps.index(step) + 1] if step in steps[:-1] else None
        if step == "lock":
            if v == "move-without-record-lock":
                yield go(s, verb + ":again")
            elif s.rlock[r] is None:
                yield go(self.lock(s, r, i), verb + ":again")
        elif step == "again":
            blind = v == "ack-without-second-look" and verb == "ack"
            same = source in rec.place and rec.lease == a.seen[1]
            if blind and not same and any(self.handling(s, j) and s.actors[j].rec == r
                                          for j in range(len(self.names)) if j != i):
                yield go(s, "stole")
            elif same or (blind and source in rec.place):
                yield go(s, following)
            else:
                yield go(unlock(s), failed)
        elif step == "mtime":
            n = s.leases + 1
            t = self.record(s._replace(leases=n), r, lease=n, out=to != "cur",
                            by=to == "cur")
            yield go(t, following, mine=n)
        elif step in ("rename", "link"):
            half = to in rec.place and source in rec.place and rec.twice
            if source not in rec.place:
                yield go(unlock(s), failed)  # ENOENT
            elif to in rec.place and not half:
                yield go(unlock(s), failed)  # EEXIST, another file
            elif step == "link":
                yield go(s if half else self.record(s, r, place=rec.place + (to,), twice=True),
                         following)
            else:
                yield go(self.leave(s, r, source, to), following)
        elif step == "unlink":
            yield go(self.leave(s, r, source, to), following)
        elif step == "unlock":
            yield go(unlock(s), done)

    def leave(self, s, r, source, to):
        """The name in source is gone, the one in to is there."""
        place = tuple(p for p in s.recs[r].place if p not in (source, to)) + (to,)
        return self.record(s, r, place=place, twice=len(place) > 1)

    # ---- a runner, and a user of the verbs

    @staticmethod
    def names_in_new(s):
        return tuple(r for r, rec in enumerate(s.recs) if "new" in rec.place)

    def first(self, s, in_new):
        """The first record of those that were in new/ or are in cur/, if it is due, and
        no other of its alert is leased: (number, place, lease). A time ahead puts off a
        record in new/, too, as all of them have a history here."""
        if self.variant != "lease-of-a-later-record-ignored" and \
                any("cur" in rec.place and not rec.out for rec in s.recs):
            return None
        for r, rec in enumerate(s.recs):
            if r in in_new:  # gone by now: somebody has it
                return (r, "new", rec.lease) if "new" in rec.place and rec.out else None
            if "cur" in rec.place:
                return (r, "cur", rec.lease) if rec.out else None
        return None

    def picked(self, s, i, in_new, pc, otherwise):
        first = self.first(s, in_new)
        if first is None:
            return self.actor(s, i, pc=otherwise)
        return self.actor(s, i, pc=pc, rec=first[0], seen=first[1:])

    def runner(self, s, i):
        a, v, user = s.actors[i], self.variant, self.names[i][0] == "U"
        go = lambda t, pc, **more: self.actor(t, i, pc=pc, **more)
        free = lambda t: t._replace(alock=None) if t.alock == i else t
        if a.pc == "take":
            if a.left == 0:
                yield go(s, "end")
            elif v == "scan-before-alert-lock":
                yield self.picked(s, i, self.names_in_new(s), "hold", "end")
            elif v == "no-alert-lock":
                yield go(s, "scan", left=a.left - 1, clear=False)
            elif s.alock is None:
                yield go(s._replace(alock=i), "scan", left=a.left - 1, clear=False)
            else:
                yield go(s, "end")  # exit 75
        elif a.pc == "hold":
            if s.alock is None:
                yield go(s._replace(alock=i), "claim:lock", left=a.left - 1, clear=False)
            else:
                yield go(s, "end")
        elif a.pc == "scan":  # new/ is read before cur/
            yield go(s, "scan-cur", seen=self.names_in_new(s))
        elif a.pc == "scan-cur":
            yield self.picked(s, i, a.seen, "claim:lock", "drop")
        elif a.pc.startswith("claim:"):
            yield from self.move(s, i, "cur", "handle", "drop")
        elif a.pc == "handle":
            t = s
            if user or v == "alert-freed-while-handling":
                t = free(s)  # the lease is all that protects it now
            for verb in ("ack", "release"):
                yield go(t, "finish-" + verb, seen=("cur", a.mine))
        elif a.pc.startswith("finish-"):  # the handler runs until this step is made
            verb = a.pc[7:]
            if s.alock in (None, i):
                yield go(s._replace(alock=i) if v != "no-alert-lock" else s, verb + ":lock")
            else:
                yield go(s, "end")  # exit 75: somebody else handles it by now
        elif a.pc.startswith("ack:"):
            yield from self.move(s, i, "done", "drop", "drop")
        elif a.pc.startswith("release:"):
            yield from self.move(s, i, "new", "drop", "drop")
        elif a.pc == "drop":
            yield go(free(s), "end" if user else "take", rec=0, seen=None, mine=0)

    # ---- everything that can happen

    def handling(self, s, i):
        """Does a handler of this actor run, as far as anyone may rely on it? That
        of a user does until its lease is over."""
        a = s.actors[i]
        if a.pc != "handle" and not a.pc.startswith("finish-"):
            return False
        rec = s.recs[a.rec]
        return self.names[i][0] == "R" or (rec.lease == a.mine and not rec.out)

    def steps(self, s):
        for i, name in enumerate(self.names):
            yield from (self.writer if name[0] == "W" else self.runner)(s, i)

    def accidents(self, s):
        for i in range(len(self.names)):
            if s.kills and s.actors[i].pc != "end":
                t = self.actor(s._replace(kills=s.kills - 1), i, pc="end", seen=None, absent=False)
                if self.variant != "lock-kept-by-the-dead":
                    t = t._replace(rlock=tuple(None if h == i else h for h in t.rlock),
                                   alock=None if t.alock == i else t.alock)
                yield t
        for r, rec in enumerate(s.recs):
            runs = any(a.rec == r and a.mine == rec.lease and self.names[i][0] == "R" and
                       a.pc != "end" and self.variant != "alert-freed-while-handling" and
                       self.variant != "no-alert-lock" for i, a in enumerate(s.actors))
            if "cur" in rec.place and not rec.out and not runs:
                yield self.record(s, r, out=True)

    def ghost(self, s):
        """Note for who holds the alert whether "early" is out of the way."""
        gone = not {"new", "cur"} & set(s.recs[0].place)
        if gone:
            for i, a in enumerate(s.actors):
                if not a.clear and self.names[i][0] != "W":
                    s = self.actor(s, i, clear=True)
        return s

    def broken(self, s):
        early = s.recs[0]
        if any(a.pc == "stole" for a in s.actors):
            return "kept"
        if s.answered and not (early.place and early.data and early.entry):
            return "durable"
        if any(len(rec.place) > 1 and not rec.twice for rec in s.recs):
            return "one"
        live = [i for i in range(len(self.names)) if self.handling(s, i)]
        if len(live) > 1:
            return "handlers"
        if any(s.actors[i].rec == 1 and not s.actors[i].clear for i in live):
            return "order"
        if any("new" in rec.place and rec.by and not rec.out and s.rlock[r] is None
               for r, rec in enumerate(s.recs)):
            return "due"
        return None

    def settled(self, s):
        """Nothing can go on: is everybody at his end, with every lock free?"""
        waits = (any(a.pc != "end" for a in s.actors) or s.alock is not None or
                 any(h is not None for h in s.rlock))
        return "stuck" if waits else None


# The smallest first: a variant that breaks there needs no other.
CASTS = (("U1", "U2"), ("R1", "U1", "-link"), ("W1", "R1", "-link"), ("W1", "W2", "U1"),
         ("W1", "W2", "R1"), ("W1", "R1", "U1"), ("W1", "R1", "R2"))


def models(variant):
    for cast in CASTS:
        yield Model(variant, tuple(name for name in cast if name != "-link"), "-link" in cast)


if __name__ == "__main__":
    sys.exit(explorer.main(VARIANTS, models))
