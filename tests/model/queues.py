#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""queues.py [--variant NAME | --all]

Queues as a model (alertspool-spool(5), QUEUES): how route brings the records of one
alert into the queues that want them, and what runners, requeue, route --to and clean
do there. Each step is one system call, or several that a lock makes one: a move under
the record lock (protocol.py takes those apart).

Actors: X a router, R a runner of a queue, Q requeue -q, T route --to, C clean of a
queue, M "run -- CMD" of the main spool, started before there were queues. The records
are an open, perhaps an update, and a close; each may come late, after those that
follow it. Anyone may be killed at any step; routers and runners are started again. At
a power cut all die, and every move that was not flushed is undone or not, each for
itself. A handler may fail; then its record goes back to new/, or to dead/.

Required in every state:
  whole     a visible copy would be complete after a power cut now
  copies    a record in done/ of the main spool has a copy in each queue that wants it,
            and would have it after a power cut now
  handlers  never two live handlers of one alert in a queue
  order     an actor that routes or handles a record has seen, after locking the alert,
            that no earlier one is in new/ or cur/ there
  again     route copies no record that the queue had and deleted
And once no actor can make a step:
  handled   each record that a queue wants was handled there, or is dead, or was
            superseded by a close that is not dead
  raised    no closed alert stays raised at a destination, unless its close is dead
  stuck     nothing waits in new/ or cur/, and no lock is held

"clean" treats every record that it finds in done/ and dead/ at its start as old. But no
record arrives so late that its close is old already: clean deletes a close only if all
records had arrived at its start. Left out: route --to of a record that clean deletes in
the queue at the same moment; its close may be deleted after it.

Without --variant the real protocol is explored, and no requirement may fail. A variant
leaves out one step and must break the requirement that it names. Prints the number of
states; exit 0 if everything is as required, otherwise 1.
"""
import itertools
import sys
from collections import namedtuple

import explorer

# main: of each record; queues: of each queue, of each record; dest: what the last
# handler of each queue left behind; over: the records of each queue that were handled,
# given up, or superseded as they should be; alert: who holds the alert's lock in the
# main spool; byte: who holds the byte of the routers and runners; alocks, rlocks: the
# alert's and the records' in each queue; routed: there was a router; left: how often
# things may still happen; bad: a requirement that the step before broke
State = namedtuple("State", "main queues actors dest over alert byte alocks rlocks "
                   "routed left bad")
# place: absent, new, done, or ran (to done/ by M before there was a router)
# was: where a power cut may put it
Main = namedtuple("Main", "place was")
# place: None, new, cur, done, dead, gone; was: where a power cut may put it, None or
# gone until its name is flushed; data: flushed
Copy = namedtuple("Copy", "place was data")
# kills, cuts, failures
Left = namedtuple("Left", "kills cuts fails")
# rec: which record; seen: records, or queues that have the alert; todo: (queue, record)
# to copy, or records to throw away; clear: records that were seen out of the way; old:
# what clean found in done/ when it began, without a close if not all records had come
Actor = namedtuple("Actor", "pc rec seen todo clear old")

# queues: what each wants by its settings, letters of records; main, copies: where
# they are at first, a letter each; shared: one flush for the links of many records
Cast = namedtuple("Cast", "actors records queues main copies kills cuts fails shared",
                  defaults=(False,))
CASTS = {
    "two-routers": Cast("X X", "oc", ("oc", "o"), "nn", None, 1, 1, 0),
    "router-and-runner": Cast("X R0", "oc", ("oc",), "nn", None, 1, 1, 0),
    "shared-flushes": Cast("X R0", "oc", ("oc", "o"), "nn", None, 1, 1, 0, True),
    "late-open": Cast("X R0 R0", "oc", ("oc",), "an", None, 1, 0, 1),
    "in-order": Cast("X X R0", "oc", ("oc",), "aa", None, 1, 0, 0),
    "update": Cast("X R0 R0", "ouc", ("ouc",), "ann", None, 1, 0, 0),
    "sticky": Cast("X X R0", "oc", ("o",), "na", None, 1, 0, 2),
    "late-and-unwanted": Cast("X X R0", "oc", ("o",), "an", None, 1, 0, 1),
    "to": Cast("X T0 R0", "oc", ("",), "na", None, 1, 0, 1),
    "to-a-new-queue": Cast("T0 T0 R0", "oc", ("",), "dd", None, 1, 1, 1),
    "two-queues": Cast("X R0 R1", "oc", ("oc", "o"), "an", None, 1, 0, 0),
    "update-behind-close": Cast("X R0 R0", "ocu", ("ou",), "nan", None, 1, 0, 1),
    "requeue": Cast("R0 R0 Q0 Q0", "ouc", ("ouc",), "ddd", "ddd", 1, 1, 1),
    "clean": Cast("X C0 R0", "oc", ("oc",), "an", None, 1, 1, 0),
    "clean-sticky": Cast("X C0 R0", "ouc", ("ou",), "nna", None, 0, 0, 1),
    "clean-and-requeue": Cast("R0 Q0 C0", "oc", ("oc",), "dd", "dd", 1, 0, 0),
    "upgrade": Cast("M X R0", "oc", ("oc",), "nn", None, 1, 0, 0),
}
# what breaks, and in which cast
VARIANTS = {
    "copy-without-file-fsync": ("whole", "router-and-runner"),
    "copy-without-directory-fsync": ("copies", "router-and-runner"),
    "copy-that-is-there-not-flushed": ("copies", "two-routers"),
    "copy-that-is-there-is-an-error": ("stuck", "two-routers"),
    "shared-flush-without-second-look": ("copies", "shared-flushes"),
    "move-before-copies": ("copies", "two-routers"),
    "route-takes-any-record": ("order", "in-order"),
    "no-sticky": ("raised", "sticky"),
    "no-alert-lock-in-route": ("raised", "to"),
    "sticky-not-by-the-dead": ("raised", "sticky"),
    "sticky-before-alert-lock": ("raised", "to"),
    "sticky-without-lock-in-the-queue": ("raised", "sticky"),
    "late-open-without-its-close": ("raised", "late-and-unwanted"),
    "closes-looked-for-before-alert-lock": ("raised", "to"),
    "to-without-alert-lock": ("raised", "to"),
    "no-shared-byte": ("copies", "upgrade"),
    "no-alert-lock-in-run": ("handlers", "update"),
    "look-before-alert-lock": ("order", "late-open"),
    "nothing-superseded": ("raised", "late-open"),
    "superseded-not-by-done": ("raised", "requeue"),
    "superseded-before-alert-lock": ("raised", "update"),
    "superseded-by-later-ones-alone": ("raised", "update-behind-close"),
    "superseded-by-the-dead": ("handled", "late-open"),
    "clean-takes-the-close-first": ("raised", "clean-and-requeue"),
    "clean-takes-what-is-open": ("raised", "clean-sticky"),
    "clean-ignores-the-main-spool": ("again", "clean"),
    "clean-by-record": ("again", "clean"),
    "clean-looks-at-the-queue-first": ("again", "clean"),
    "clean-without-flush": ("again", "clean"),
}
THERE = ("new", "cur", "done", "dead")
AT_FIRST = {"X": "byte", "R": "take", "Q": "take", "T": "take", "C": "main", "M": "take"}


def put(items, i, item):
    return items[:i] + (item,) + items[i + 1:]


class Model(explorer.Model):
    def __init__(self, variant, cast):
        self.variant, self.cast = variant, cast
        self.names = cast.actors.split()
        self.kinds = cast.records
        self.n = len(self.kinds)
        self.closes = {r for r in range(self.n) if self.kinds[r] == "c"}
        self.ended = [k for k in self.kinds if k in "oc"][-1] == "c"
        self.own = [{self.kinds.index(letter) for letter in wants} for wants in cast.queues]

    def start(self):
        c = self.cast
        words = {"a": "absent", "n": "new", "d": "done"}
        copies = tuple(Copy(None, None, False) for _ in c.records)
        if c.copies:
            copies = tuple(Copy(words[x], words[x], True) for x in c.copies)
        done = frozenset(r for r in range(self.n) if copies[r].place == "done")
        queues = range(len(c.queues))
        held = self.names.index("M") if "M" in self.names else None
        return State(tuple(Main(words[x], words[x]) for x in c.main),
                     tuple(copies for _ in queues),
                     tuple(self.fresh(AT_FIRST[n[0]]) for n in self.names),
                     tuple("closed" if done & self.closes else None for _ in queues),
                     tuple(done for _ in queues), None, held, tuple(None for _ in queues),
                     tuple((None,) * self.n for _ in queues), False,
                     Left(c.kills, c.cuts, c.fails), None)

    # ---- changes of a state

    @staticmethod
    def fresh(pc):
        return Actor(pc, None, frozenset(), (), frozenset(), frozenset())

    @staticmethod
    def go(s, i, pc, **change):
        return s._replace(actors=put(s.actors, i, s.actors[i]._replace(pc=pc, **change)))

    @staticmethod
    def copy(s, q, r, **change):
        copies = put(s.queues[q], r, s.queues[q][r]._replace(**change))
        return s._replace(queues=put(s.queues, q, copies))

    @staticmethod
    def alock(s, q, holder):
        return s._replace(alocks=put(s.alocks, q, holder))

    @staticmethod
    def rlock(s, q, r, holder):
        return s._replace(rlocks=put(s.rlocks, q, put(s.rlocks[q], r, holder)))

    def drop(self, s, i, pc):
        """Free every lock of this actor and start again."""
        free = lambda holders: tuple(None if h == i else h for h in holders)
        return s._replace(actors=put(s.actors, i, self.fresh(pc)),
                          alert=None if s.alert == i else s.alert,
                          alocks=free(s.alocks), rlocks=tuple(free(q) for q in s.rlocks))

    # ---- looks

    @staticmethod
    def in_main(s, *places):
        return frozenset(r for r, rec in enumerate(s.main) if rec.place in places)

    @staticmethod
    def in_queue(s, q, *places):
        return frozenset(r for r, copy in enumerate(s.queues[q]) if copy.place in places)

    def ends(self, r, records):
        """The closes of these records that supersede this one: the later ones, and if it
        opens nothing, also those behind the last open before it."""
        if r in self.closes:
            return []
        since = r
        if self.kinds[r] != "o" and self.variant != "superseded-by-later-ones-alone":
            since = max((o for o in records if o < r and self.kinds[o] == "o"), default=-1)
        return sorted(c for c in records if c in self.closes and c > since)

    # ---- route: under the alert's lock in the main spool

    def router(self, s, i):
        a, v = s.actors[i], self.variant
        if a.pc == "byte":
            if v == "no-shared-byte":
                yield self.go(s._replace(routed=True), i, "take")
            elif s.byte is None:
                yield self.go(s._replace(byte=i, routed=True), i, "take")
        elif a.pc == "take":
            if not self.in_main(s, "new"):
                return
            if v == "sticky-before-alert-lock":
                yield self.go(s, i, "lock", seen=self.having(s))
            else:
                yield from self.take_alert(s, i, "look")
        elif a.pc == "lock":
            yield from self.take_alert(s, i, "look")
        elif a.pc == "look":
            waiting = sorted(self.in_main(s, "new"))
            if not waiting:
                yield self.drop(s, i, "take")
            for r in waiting if v == "route-takes-any-record" else waiting[:1]:
                yield self.go(s, i, "names-in-new", rec=r)
        elif a.pc.startswith("names-"):
            yield self.sticky(s, i)
        elif a.pc == "sure":
            yield self.plan(s, i, a.seen | self.having(s, True))
        elif a.pc in ("copy", "flush"):
            yield from self.copying(s, i)
        elif a.pc in ("flush-new", "second-look"):
            yield from self.shared_flush(s, i)
        elif a.pc == "move":
            rec = s.main[a.rec]
            t = s._replace(main=put(s.main, a.rec, rec._replace(place="done")))
            if rec.place != "new":
                t = s
            if v == "move-before-copies" and a.todo:
                yield self.go(t, i, "copy")
            else:
                yield self.drop(t, i, "take")

    def take_alert(self, s, i, pc):
        if self.variant == "no-alert-lock-in-route" and self.names[i][0] == "X":
            yield self.go(s, i, pc)
        elif self.variant == "to-without-alert-lock" and self.names[i][0] == "T":
            yield self.go(s, i, pc)
        elif s.alert is None:
            yield self.go(s._replace(alert=i), i, pc)

    def having(self, s, busy=False):
        """The queues that have the alert; who is busy with it has it."""
        places = THERE[:3] if self.variant == "sticky-not-by-the-dead" else THERE
        return frozenset(q for q in range(len(s.queues)) if self.in_queue(s, q, *places) or
                         (busy and s.alocks[q] is not None))

    def sticky(self, s, i):
        """Read the names of the queues, one directory after the other. A record that
        goes back meanwhile is missed, so who has nothing is asked again, with the alert's
        lock there; if that is held, somebody works on a record of the alert."""
        a, v = s.actors[i], self.variant
        queues = range(len(s.queues))
        if v == "no-sticky":
            return self.plan(s, i, frozenset())
        if v == "sticky-before-alert-lock" or all(a.rec in self.own[q] for q in queues):
            return self.plan(s, i, a.seen)
        where = {"names-in-new": ("new",), "names-in-cur": ("cur",),
                 "names-in-done": ("done", "dead")}
        if v == "sticky-not-by-the-dead":
            where["names-in-done"] = ("done",)
        seen = a.seen | {q for q in queues if self.in_queue(s, q, *where[a.pc])}
        following = {"names-in-new": "names-in-cur", "names-in-cur": "names-in-done"}
        if a.pc in following:
            return self.go(s, i, following[a.pc], seen=seen)
        if v == "sticky-without-lock-in-the-queue" or len(seen) == len(queues):
            return self.plan(s, i, seen)
        return self.go(s, i, "sure", seen=seen)

    def to_copy(self, s, r, q):
        """The record, and before it every close that supersedes it and was routed: the
        queue may not have wanted it, and will not be asked again."""
        closes = self.ends(r, self.in_main(s, "done", "ran"))
        if self.variant == "late-open-without-its-close":
            closes = ()
        return tuple((q, c) for c in closes) + ((q, r),)

    def plan(self, s, i, having):
        r = s.actors[i].rec
        todo = sum((self.to_copy(s, r, q) for q in range(len(s.queues))
                    if r in self.own[q] or q in having), ())
        first = self.variant == "move-before-copies" or not todo
        return self.go(s, i, "move" if first else "copy", seen=frozenset(), todo=todo)

    def copying(self, s, i):
        """The commit of alertspool-spool(5), in a queue."""
        a, v, router = s.actors[i], self.variant, self.names[i][0] == "X"
        (q, r), rest = a.todo[0], a.todo[1:]
        old = s.queues[q][r]
        after = "copy" if rest else "move"
        if a.pc == "flush":
            t = self.copy(s, q, r, was=old.place)
            yield self.go(self.rlock(t, q, r, None), i, after, todo=rest)
        elif s.rlocks[q][r] is not None:
            return
        elif old.place not in THERE:
            t = self.copy(s, q, r, place="new", was=old.place,
                          data=v != "copy-without-file-fsync")
            if router and old.place == "gone":
                t = t._replace(bad="again")
            if router and r == a.rec and any(e not in a.clear for e in range(r)):
                t = t._replace(bad="order")
            if v == "copy-without-directory-fsync":
                yield self.go(t, i, after, todo=rest)
            elif self.cast.shared:
                yield self.go(t, i, "copy" if rest else "flush-new", todo=rest,
                              seen=a.seen | {(q, r)})
            else:
                yield self.go(self.rlock(t, q, r, i), i, "flush")
        elif v == "copy-that-is-there-is-an-error":
            yield self.drop(s, i, "end")
        else:
            t = s if v == "copy-that-is-there-not-flushed" else \
                self.copy(s, q, r, was=old.place, data=True)
            if not router and old.place in ("done", "dead") and r == a.rec and \
                    s.alocks[q] is None:
                t = self.bring_back(t, q, r)
            yield self.go(t, i, after if rest or not a.seen else "flush-new", todo=rest)

    def shared_flush(self, s, i):
        """new/ of each queue once for all links. What is not there any more by then is
        flushed where it is."""
        a = s.actors[i]
        if a.pc == "flush-new":
            t = s._replace(queues=tuple(tuple(
                c._replace(was="new") if c.place == "new" else c for c in copies)
                for copies in s.queues))
            todo = tuple(sorted(a.seen))
            if self.variant == "shared-flush-without-second-look":
                todo = ()
            yield self.go(t, i, "second-look" if todo else "move", todo=todo, seen=frozenset())
        else:
            (q, r), rest = a.todo[0], a.todo[1:]
            if s.rlocks[q][r] is None:
                yield self.go(self.copy(s, q, r, was=s.queues[q][r].place), i,
                              "second-look" if rest else "move", todo=rest)

    def to(self, s, i):
        """route --to: the open, to queue 0; a queue that has it done gets it again."""
        a, early = s.actors[i], self.variant == "closes-looked-for-before-alert-lock"
        if a.pc == "take" and early:
            yield self.go(s, i, "lock", todo=self.to_copy(s, 0, 0))
        elif a.pc in ("take", "lock"):
            yield from self.take_alert(s, i, "look")
        elif a.pc == "look":
            todo = a.todo if early else self.to_copy(s, 0, 0)
            if s.main[0].place == "absent":
                todo = ()
            yield self.go(s, i, "copy" if todo else "move", rec=0, todo=todo)
        elif a.pc in ("copy", "flush"):
            yield from self.copying(s, i)
        elif a.pc in ("flush-new", "second-look"):
            yield from self.shared_flush(s, i)
        elif a.pc == "move":  # the record stays where it is; the user gets an error
            copy = s.queues[0][0]
            lost = s.main[0].place != "absent" and (copy.was not in THERE or not copy.data)
            yield self.drop(s._replace(bad="copies" if lost else None), i, "end")

    # ---- run QUEUE, requeue -q

    def names_for_superseded(self, s, q):
        places = {"superseded-not-by-done": ("new", "cur"),
                  "superseded-by-the-dead": THERE}.get(self.variant, ("new", "cur", "done"))
        return self.in_queue(s, q, *places)

    def runner(self, s, i):
        a, v, q = s.actors[i], self.variant, int(self.names[i][1])
        waiting = sorted(self.in_queue(s, q, "new", "cur"))
        if a.pc == "take":
            if v == "superseded-before-alert-lock":
                yield self.go(s, i, "lock", seen=self.names_for_superseded(s, q))
            elif v == "look-before-alert-lock" and waiting:
                yield self.go(s, i, "lock", rec=waiting[0])
            elif v == "no-alert-lock-in-run" and waiting:
                yield self.go(s, i, "look")
            elif waiting and s.alocks[q] is None:
                yield self.go(self.alock(s, q, i), i, "look")
        elif a.pc == "lock":
            if waiting and s.alocks[q] is None:
                yield self.go(self.alock(s, q, i), i, "look")
        elif a.pc == "look":
            yield self.look(s, i, q, waiting)
        elif a.pc == "claim" and s.rlocks[q][a.rec] is None:
            yield self.claim(s, i, q)
        elif a.pc == "supersede" and s.rlocks[q][a.rec] is None:
            t = s
            if s.queues[q][a.rec].place in ("new", "cur"):
                t = self.copy(s, q, a.rec, place="done")
            if self.ends(a.rec, self.in_queue(s, q, "new", "cur", "done")):
                t = self.finish(t, q, a.rec)
            yield self.drop(t, i, "take")
        elif a.pc == "handle":
            t = self.copy(s, q, a.rec, place="done")
            yield self.drop(self.finish(t, q, a.rec), i, "take")
            if s.left.fails:
                left = s.left._replace(fails=s.left.fails - 1)
                for place in ("new", "dead"):
                    t = self.copy(s, q, a.rec, place=place)
                    t = self.finish(t, q, a.rec) if place == "dead" else t
                    yield self.drop(t._replace(left=left), i, "take")

    @staticmethod
    def finish(s, q, r):
        return s._replace(over=put(s.over, q, s.over[q] | {r}))

    def look(self, s, i, q, waiting):
        a, v = s.actors[i], self.variant
        first = a.rec if v == "look-before-alert-lock" else min(waiting, default=None)
        if first is None or first not in waiting or \
                (s.queues[q][first].place == "cur" and self.handling(s, q)):
            return self.drop(s, i, "take")
        names = a.seen if v == "superseded-before-alert-lock" else \
            self.names_for_superseded(s, q)
        ended = self.ends(first, names) and v != "nothing-superseded"
        return self.go(s, i, "supersede" if ended else "claim", rec=first, seen=frozenset())

    def claim(self, s, i, q):
        """Move it to cur/, and start the handler. Killed before it starts, or before
        the move: the same to everybody."""
        a = s.actors[i]
        if s.queues[q][a.rec].place not in ("new", "cur") or \
                (s.queues[q][a.rec].place == "cur" and self.handling(s, q)):
            return self.drop(s, i, "take")
        t = self.go(self.copy(s, q, a.rec, place="cur"), i, "handle")
        if any(e not in a.clear for e in range(a.rec)):
            t = t._replace(bad="order")
        return t._replace(dest=put(s.dest, q, "closed" if a.rec in self.closes else "raised"))

    def handling(self, s, q):
        return [i for i, a in enumerate(s.actors) if a.pc == "handle" and
                self.names[i] == "R" + str(q)]

    def requeue(self, s, i):
        q = int(self.names[i][1])
        if s.actors[i].pc == "end" or s.alocks[q] is not None or s.rlocks[q][0] is not None:
            return
        t = s
        if s.queues[q][0].place in ("done", "dead"):
            t = self.bring_back(s, q, 0)
        yield self.drop(t, i, "end")

    def bring_back(self, s, q, r):
        """To new/. Clean, which has seen it, will find another time on it."""
        actors = tuple(a._replace(old=a.old - {r}) for a in s.actors)
        return self.copy(s._replace(actors=actors), q, r, place="new")

    # ---- clean of a queue

    def clean(self, s, i):
        a, v, q = s.actors[i], self.variant, int(self.names[i][1])
        if a.pc == "main":  # first what the main spool has in new/ or cur/
            old = self.in_queue(s, q, "done", "dead")
            if self.in_main(s, "absent"):
                old -= self.closes
            if v == "clean-looks-at-the-queue-first":
                yield self.go(s, i, "main-second", todo=self.plan_clean(s, q, old), old=old)
            else:
                yield self.go(s, i, "flush", seen=self.in_main(s, "new"), old=old)
        elif a.pc == "main-second":
            yield self.drop(s, i, "end") if self.in_main(s, "new") else self.go(s, i, "remove")
        elif a.pc == "flush":  # what was not there is not there after a power cut, either
            t = s
            if v != "clean-without-flush":
                t = s._replace(main=tuple(rec._replace(was=rec.place) for rec in s.main))
            yield self.go(t, i, "queue")
        elif a.pc == "queue":
            todo = self.plan_clean(s, q, a.old)
            if v == "clean-by-record":
                todo = tuple(r for r in todo if r not in a.seen)
            elif a.seen and v != "clean-ignores-the-main-spool":
                todo = ()
            yield self.go(s, i, "remove", seen=frozenset(), todo=todo)
        elif a.pc == "remove":
            if not a.todo:
                yield self.drop(s, i, "end")
            elif s.rlocks[q][a.todo[0]] is None:
                yield self.remove(s, i, q, a.todo[0])

    def plan_clean(self, s, q, old):
        """What may be thrown away, in this order."""
        v, there = self.variant, self.in_queue(s, q, *THERE)
        closes, old = there & self.closes, sorted(old & there)
        if not closes:  # the newest stays
            return tuple(r for r in old if v == "clean-takes-what-is-open" or r < max(there))
        others = tuple(r for r in old if r not in closes)
        last = tuple(r for r in old if r in closes)
        if v == "clean-takes-the-close-first":
            return last
        return others + last if len(others) == len(there - closes) else others

    def remove(self, s, i, q, r):
        """One that was brought back meanwhile is another record of its alert that stays:
        then the close stays, too."""
        rest = s.actors[i].todo[1:]
        place = s.queues[q][r].place
        if place not in ("done", "dead") or r not in s.actors[i].old:
            return self.go(s, i, "remove", todo=tuple(c for c in rest if c not in self.closes))
        return self.go(self.copy(s, q, r, place="gone", was=place), i, "remove", todo=rest)

    # ---- run -- CMD of the main spool

    def old_runner(self, s, i):
        a = s.actors[i]
        if a.pc == "take":
            if not self.in_main(s, "new"):
                yield self.end_old_runner(s, i)
            elif s.alert is None:
                yield self.go(s._replace(alert=i), i, "handle")
        elif a.pc == "handle":
            waiting = self.in_main(s, "new")
            t = s
            if waiting:
                place = "done" if s.routed else "ran"
                t = s._replace(main=put(s.main, min(waiting), Main(place, "new")))
            yield self.end_old_runner(t, i)

    def end_old_runner(self, s, i):
        t = self.drop(s, i, "end")
        return t._replace(byte=None if s.byte == i else s.byte)

    # ---- everything that can happen

    def steps(self, s):
        who = {"X": self.router, "R": self.runner, "Q": self.requeue, "T": self.to,
               "C": self.clean, "M": self.old_runner}
        for i, name in enumerate(self.names):
            yield from who[name[0]](s, i)
        for r in self.in_main(s, "absent"):
            yield s._replace(main=put(s.main, r, Main("new", "new")))

    def again(self, i):
        return AT_FIRST[self.names[i][0]] if self.names[i][0] in "XR" else "end"

    def accidents(self, s):
        for i, a in enumerate(s.actors):
            if s.left.kills and a.pc not in ("end", AT_FIRST[self.names[i][0]]):
                t = s._replace(left=s.left._replace(kills=s.left.kills - 1),
                               byte=None if s.byte == i else s.byte)
                yield self.drop(t, i, self.again(i))
        if s.left.cuts:
            yield from self.cut(s._replace(left=s.left._replace(cuts=s.left.cuts - 1)))

    def cut(self, s):
        """The power is cut: each move that was not flushed was made or was not."""
        for i in range(len(self.names)):
            s = self.drop(s, i, self.again(i))
        s = s._replace(byte=None)
        files = s.main + sum(s.queues, ())
        for places in itertools.product(*({f.place, f.was} for f in files)):
            now = tuple(f._replace(place=p, was=p) for f, p in zip(files, places))
            copies = now[self.n:]
            yield s._replace(main=now[:self.n], queues=tuple(
                copies[k:k + self.n] for k in range(0, len(copies), self.n)))

    def ghost(self, s):
        """Note which records are out of the way of who has the alert."""
        actors = []
        for i, a in enumerate(s.actors):
            name = self.names[i]
            if name[0] == "X" and a.pc not in ("byte", "take", "lock"):
                a = a._replace(clear=a.clear | self.in_main(s, "absent", "done", "ran"))
            elif name[0] == "R" and a.pc not in ("take", "lock"):
                a = a._replace(clear=a.clear | self.in_queue(s, int(name[1]), None, "done",
                                                             "dead", "gone"))
            actors.append(a)
        return s._replace(actors=tuple(actors))

    # ---- requirements

    def broken(self, s):
        if s.bad:
            return s.bad
        if any(c.place in THERE and not c.data for q in s.queues for c in q):
            return "whole"
        for q, copies in enumerate(s.queues):
            if any(s.main[r].place == "done" and copies[r].place != "gone" and
                   copies[r].was is None for r in self.own[q]):
                return "copies"
            if len(self.handling(s, q)) > 1:
                return "handlers"
        return None

    def settled(self, s):
        ends = {"X": ("byte", "take"), "R": ("take", "lock")}
        if self.in_main(s, "new", "absent") or s.alert is not None or \
                any(h is not None for h in s.alocks + sum(s.rlocks, ())) or \
                any(a.pc not in ends.get(self.names[i][0], ("end",))
                    for i, a in enumerate(s.actors)):
            return "stuck"
        for q in range(len(s.queues)):
            if not any(name == "R" + str(q) for name in self.names):
                continue
            if self.in_queue(s, q, "new", "cur"):
                return "stuck"
            if self.own[q] - s.over[q] - self.in_main(s, "ran"):
                return "handled"
            dead = any("dead" in (s.queues[q][c].place, s.queues[q][c].was)
                       for c in self.closes)  # perhaps thrown away by now
            if s.dest[q] == "raised" and self.ended and not dead:
                return "raised"
        return None


if __name__ == "__main__":
    sys.exit(explorer.main_of_casts(VARIANTS, CASTS, Model))
