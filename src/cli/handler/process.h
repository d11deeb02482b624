/* SPDX-License-Identifier: ISC */
/*
 * process: one run of the operator's command for one record.
 *
 * No shell. The command gets the record as standard input, pipes as standard output and
 * error, and nothing else from us: no descriptor, no signal mask, only the given
 * environment. It leads its own session, and is killed when this process dies.
 */
#ifndef ALERTSPOOL_HANDLER_PROCESS_H
#define ALERTSPOOL_HANDLER_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct error;

struct process {
	pid_t pid; /* 0: none */
	int out;   /* its output, non-blocking; -1: closed */
	int err;
};

#define PROCESS_INIT {.pid = 0, .out = -1, .err = -1}

enum process_start {
	PROCESS_STARTED,
	PROCESS_NOT_NOW,   /* memory or processes are short */
	PROCESS_IMPOSSIBLE /* the command itself cannot be executed */
};

/* Would execvp(3) find this command, and may we execute it? 0, or -1 with
 * ERROR_UNAVAILABLE. */
int process_find(const char *command, struct error *);

/* Handlers must not get descriptors that this process inherited: close all except 0 to 2
 * on exec. 0, or -1 with ERROR_UNAVAILABLE. */
int process_seal_descriptors(struct error *);

/* The signals that this process ignores, and that a command would ignore, too, without a
 * reset. Call it when that does not change any more. */
void process_ignored(sigset_t *);

struct process_command {
	char *const *argv;
	char *const *envp;
	int record; /* becomes standard input */
	const sigset_t
	    *ignored; /* by this process, to be reset for the command */
};

/* Start the command. PROCESS_STARTED after it was executed; otherwise nothing runs and
 * the error (ERROR_UNAVAILABLE) has the reason. */
enum process_start process_start(struct process *,
    const struct process_command *, struct error *);

/* Send a signal to the command and its process group. */
void process_kill(const struct process *, int sig);

/*
 * Has it ended? Then *status is as of waitpid(2) and the process is gone. With
 * kill_group, the rest of its group is killed first.
 */
bool process_ended(struct process *, bool kill_group, int *status);

/* A child of this process that ended and was not waited for, or 0. It is a handler, or,
 * if this is process 1 of a container, a process that a handler left behind. */
pid_t process_any_ended(void);

/* Wait for a child that ended, and forget it. */
void process_forget(pid_t);

/* Close the pipes; a process that is still running is killed and waited for. */
void process_close(struct process *);

#endif
