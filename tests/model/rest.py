#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""rest.py [--variant NAME | --all]

Who is to blame when a handler fails, the record or its destination: witness, attempts
and rest of alertspool-spool(5), QUEUES, as a model.

One queue with one record of each of a few alerts: the destination accepts some of them
when it is up, and perhaps one that it always refuses (the bad record). The destination is
down once, at any time and for any time; a handler then ends with the exit code of the cast,
as it always does for the bad record. A runner starts a record, the handler asks the
destination, the runner sees the result; anything may happen between these steps. Runners
may be killed, and are started again.

A failure uses an attempt, or buries with 65, if the record has a witness: the last
result of another alert that its runner has seen is 0, and that start and that end lie
between the last failure of this record and this start. Otherwise the fault may be
the record's or its destination's. After two failures in a row at which the last
result of another alert was not 0, and after a 75, the queue rests: each time a pause is
over, the runner that gets the byte of the probe reads "rest", starts one record (one that was
never started, else the one with the fewest starts), and writes or removes "rest" before
he frees the byte.

Required in every state:
  buried    no record that the destination would accept is in dead/
  probes    while the queue rests one record is started at a time, and only when the
            pause is over
And from every state a state can be reached in which all good records are done, the bad one
is dead, and the queue does not rest; otherwise it is stuck. (More good alerts arrive.)

Without --variant the real protocol is explored, and no requirement may fail. A variant
leaves out one step and must break the requirement that it names. Prints the number of
states; exit 0 if everything is as required, otherwise 1.
"""
import sys
from collections import namedtuple

import explorer

# dest: up, down, back (up for good); rest: None, wait, due; probe: who holds its byte
State = namedtuple("State", "recs runners dest rest probe kills bad")
# place: new, run, done, dead; starts: how many, compared with those of the others;
# used: attempts; failed: it has failed or its end was not seen; by: its runner;
# result: of the handler, once it has asked; blamed: a failure of this start uses an
# attempt; older: the records whose last failure was over when this start began; alone:
# it is a probe
Rec = namedtuple("Rec", "place starts used failed by result blamed older alone")
# witness: the records that have a witness whose start and end lie behind their last
# failure; others: the records of which the last result of another alert was 0; row:
# failures in a row that were no record's fault; saw: "rest" was seen to be due
Runner = namedtuple("Runner", "witness others row saw")

# records: good or bad each; code: what a failure ends with
Cast = namedtuple("Cast", "records runners jobs code kills")
CASTS = {
    "outage": Cast("gg", 1, 2, 1, 1),
    "outage-65": Cast("gg", 1, 2, 65, 0),
    "outage-75": Cast("gg", 2, 1, 75, 0),
    "two-runners": Cast("gg", 2, 1, 1, 0),
    "bad": Cast("bg", 1, 1, 1, 0),
    "bad-65": Cast("bg", 1, 1, 65, 0),
}
VARIANTS = {
    "every-failure-uses-an-attempt": ("buried", "outage"),
    "every-65-buries": ("buried", "outage-65"),
    "75-uses-an-attempt": ("buried", "outage-75"),
    "a-witness-never-gets-old": ("buried", "outage"),
    "a-witness-of-before-for-65": ("buried", "outage-65"),
    "witness-judged-at-the-end": ("buried", "outage-65"),
    "witness-begun-before-the-failure": ("buried", "outage-65"),
    "no-failure-uses-an-attempt": ("stuck", "bad"),
    "rest-without-a-probe": ("stuck", "two-runners"),
    "rest-lets-all-start": ("probes", "two-runners"),
    "probe-without-its-byte": ("probes", "two-runners"),
    "rest-read-before-the-byte": ("probes", "two-runners"),
    "byte-freed-before-rest-is-written": ("probes", "two-runners"),
    "probe-in-order": ("stuck", "bad"),
}
MAX_ATTEMPTS = 2
NOBODY = frozenset()


def put(items, i, item):
    return items[:i] + (item,) + items[i + 1:]


class Model(explorer.Model):
    def __init__(self, variant, cast):
        self.variant, self.cast = variant, cast
        self.all = frozenset(range(len(cast.records)))
        self.good = {r for r in self.all if cast.records[r] == "g"}

    def start(self):
        return State(tuple(self.arrival() for _ in self.all),
                     tuple(self.fresh() for _ in range(self.cast.runners)),
                     "up", None, None, self.cast.kills, None)

    @staticmethod
    def arrival():
        return Rec("new", 0, 0, False, None, None, False, NOBODY, False)

    @staticmethod
    def fresh():
        return Runner(NOBODY, NOBODY, 0, False)

    @staticmethod
    def rec(s, r, **change):
        return s._replace(recs=put(s.recs, r, s.recs[r]._replace(**change)))

    @staticmethod
    def runner(s, i, **change):
        return s._replace(runners=put(s.runners, i, s.runners[i]._replace(**change)))

    # ---- starting

    def waiting(self, s):
        return [r for r in sorted(self.all) if s.recs[r].place == "new"]

    def begin(self, s, i, r, alone):
        v, rec = self.variant, s.recs[r]
        older = frozenset(x for x in self.all - {r} if s.recs[x].failed and
                          (s.recs[x].place != "run" or v == "witness-judged-at-the-end"))
        if v == "witness-begun-before-the-failure":
            older = self.all - {r}
        bad = None
        if s.rest and v != "rest-lets-all-start":
            others = any(x.place == "run" and x.alone for x in s.recs)
            bad = "probes" if others or s.rest == "wait" and not alone else None
        t = self.rec(s, r, place="run", by=i, starts=rec.starts + 1, older=older,
                     alone=alone, blamed=r in s.runners[i].witness, result=None)
        return self.even_out(t._replace(bad=bad))

    @staticmethod
    def even_out(s):
        """Only differences of starts count, and whether there was one."""
        less = min((x.starts for x in s.recs if x.place in ("new", "run")), default=1) - 1
        return s._replace(recs=tuple(
            x._replace(starts=min(x.starts - max(less, 0), 3)) if x.place in ("new", "run")
            else x for x in s.recs))

    def starting(self, s, i):
        v = self.variant
        running = sum(x.place == "run" and x.by == i for x in s.recs)
        waiting = self.waiting(s)
        if running == self.cast.jobs or not waiting:
            return
        if s.rest is None or v == "rest-lets-all-start":
            for r in waiting:
                t = self.begin(s, i, r, s.rest is not None)
                if s.rest and any(x.place == "run" and x.alone for x in s.recs):
                    t = t._replace(bad="probes")
                yield t
        elif v == "rest-without-a-probe":
            return
        elif v == "rest-read-before-the-byte":
            if s.rest == "due" and not s.runners[i].saw:
                yield self.runner(s, i, saw=True)
            if s.runners[i].saw and s.probe is None:
                yield self.probing(self.runner(s, i, saw=False), i, waiting)
        elif v == "probe-without-its-byte":
            if s.rest == "due":  # the next one is put off, but this one may take longer
                yield self.probing(s, i, waiting)._replace(rest="wait", probe=None)
        elif s.rest == "due" and s.probe is None:
            yield self.probing(s, i, waiting)

    def probing(self, s, i, waiting):
        first = waiting[0] if self.variant == "probe-in-order" else \
            min(waiting, key=lambda r: (s.recs[r].starts, r))
        early = s.rest == "wait"
        t = self.begin(s._replace(probe=i), i, first, True)
        return t._replace(bad="probes") if early else t

    # ---- results

    def ending(self, s, r):
        rec = s.recs[r]
        t = s._replace(probe=None) if rec.alone and s.probe == rec.by else s
        return self.success(t, r) if rec.result == 0 else self.failure(t, r)

    def success(self, s, r):
        rec, runner = s.recs[r], s.runners[s.recs[r].by]
        t = self.runner(s, rec.by, witness=runner.witness | rec.older,
                        others=runner.others | (self.all - {r}), row=0)
        return t._replace(recs=put(t.recs, r, self.arrival()._replace(place="done")),
                          rest=None)

    def forget(self, s, r):
        """No witness of before counts for the next failure of this record."""
        recs = s.recs
        if self.variant != "witness-begun-before-the-failure":
            recs = tuple(x._replace(older=x.older - {r}) for x in recs)
        runners = tuple(x._replace(witness=x.witness - {r}) for x in s.runners)
        return s._replace(recs=recs, runners=runners)

    def blamed(self, s, r):
        v, rec, runner = self.variant, s.recs[r], s.runners[s.recs[r].by]
        if rec.result == 75:
            return v == "75-uses-an-attempt"
        if v == "every-failure-uses-an-attempt" or (v == "every-65-buries" and
                                                    rec.result == 65):
            return True
        if v == "a-witness-never-gets-old" or v == "a-witness-of-before-for-65" and \
                rec.result == 65:
            return r in runner.others
        if v == "no-failure-uses-an-attempt":
            return False
        return r in runner.witness if v == "witness-judged-at-the-end" else rec.blamed

    def failure(self, s, r):
        rec, runner = s.recs[r], s.runners[s.recs[r].by]
        blamed = self.blamed(s, r)
        used = rec.used + blamed
        dead = used >= MAX_ATTEMPTS or (blamed and rec.result == 65)
        row = 0 if rec.result == 75 or r in runner.others else runner.row + 1
        rests = s.rest is not None or rec.result == 75 or row >= 2
        t = self.rec(s, r, place="dead" if dead else "new", used=used, failed=True, by=None,
                     result=None, blamed=False, older=NOBODY, alone=False)
        if dead:
            t = t._replace(recs=put(t.recs, r, self.arrival()._replace(place="dead")))
        t = self.runner(t, rec.by, witness=NOBODY, others=runner.others & {r},
                        row=0 if row >= 2 else row)
        rest = s.rest
        if rests and (rest is None or rec.alone):
            rest = "wait"
        return self.forget(t, r)._replace(rest=rest)

    # ---- everything that can happen

    def steps(self, s):
        for i in range(self.cast.runners):
            yield from self.starting(s, i)
        for r, rec in enumerate(s.recs):
            if rec.place == "run" and rec.result is None:
                fails = s.dest == "down" or r not in self.good
                yield self.rec(s, r, result=self.cast.code if fails else 0)
            elif rec.place == "run":
                yield self.ending(s, r)
                if rec.alone and self.variant == "byte-freed-before-rest-is-written":
                    yield s._replace(probe=None)
        if s.rest == "wait":  # time goes by
            yield s._replace(rest="due")
        if s.dest == "down":
            yield s._replace(dest="back")
        if len(self.good) < len(self.all):
            for r in self.good:
                if s.recs[r].place == "done":
                    yield s._replace(recs=put(s.recs, r, self.arrival()))

    def accidents(self, s):
        if s.dest == "up":
            yield s._replace(dest="down")
        for i in range(self.cast.runners if s.kills else 0):
            yield self.kill(s, i)

    def kill(self, s, i):
        """A start whose end nobody saw uses an attempt."""
        t = s._replace(kills=s.kills - 1, probe=None if s.probe == i else s.probe,
                       runners=put(s.runners, i, self.fresh()))
        for r, rec in enumerate(s.recs):
            if rec.place == "run" and rec.by == i:
                t = self.forget(self.rec(t, r, place="new", used=rec.used + 1, by=None,
                                         result=None, blamed=False, older=NOBODY,
                                         alone=False), r)
        return t

    # ---- requirements

    def broken(self, s):
        if any(s.recs[r].place == "dead" for r in self.good):
            return "buried"
        return s.bad

    def settled(self, s):
        return None  # goal() says when that is too early

    def goal(self, s):
        return s.rest is None and all(
            s.recs[r].place == ("done" if r in self.good else "dead") for r in self.all)


if __name__ == "__main__":
    sys.exit(explorer.main_of_casts(VARIANTS, CASTS, Model))
