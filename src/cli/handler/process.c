/* SPDX-License-Identifier: ISC */
/*
 * process: a child that shares our memory until it runs the command, like posix_spawn(3):
 * copying the page tables of a process with as many libraries as libcurl has would cost
 * more than everything else. The child dies with its parent, and gets its own session,
 * descriptors 0 to 2, and default signals before execvpe(3). The parent waits for that,
 * and the child leaves an error in the shared memory, so the caller knows whether the
 * command itself ran.
 *
 * PR_SET_PDEATHSIG reaches the command, not the processes it started, and a set-user-id
 * command clears it; then only the lease keeps two of them apart.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/handler/process.h"
#include "lib/base/error.h"

#define STACK_SIZE (128 * 1024)	     /* execvpe(3) takes half of it at most */
#define PATH_DEFAULT "/bin:/usr/bin" /* as for execvp(3) */

/* ---- before the first start ----------------------------------------- */

/* 0, or the errno that execve(2) would give. */
static int
try_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1 ? errno : 0;
}

/* The best result of all directories: found, or found but not allowed. */
static int
try_path(const char *command)
{
	const char *path = getenv("PATH");
	int best = ENOENT;

	if (path == NULL)
		path = PATH_DEFAULT;
	for (;;) {
		size_t n = strcspn(path, ":");
		char *file;
		int answer;

		if (asprintf(&file, "%.*s%s%s", (int)n, path, n > 0 ? "/" : "",
			command) == -1)
			return ENOMEM;
		answer = try_file(file);
		free(file);
		if (answer == 0)
			return 0;
		if (answer == EACCES)
			best = EACCES;
		if (path[n] == '\0')
			return best;
		path += n + 1;
	}
}

int
process_find(const char *command, struct error *error)
{
	int answer = strchr(command, '/') != NULL || *command == '\0'
	    ? try_file(command)
	    : try_path(command);

	if (answer == 0)
		return 0;
	errno = answer;
	return error_sys(error, ERROR_UNAVAILABLE, "handler \"%.200s\"",
	    command);
}

int
process_seal_descriptors(struct error *error)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int rc = 0;

	if (dir == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "/proc/self/fd");
	while ((entry = readdir(dir)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		/* valgrind lists its own descriptors, which we must not change.
		 * Descriptors that are not open (EBADF) reach no handler. */
		if (fd > STDERR_FILENO &&
		    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 && errno != EBADF)
			rc = error_sys(error, ERROR_UNAVAILABLE,
			    "descriptor %d", fd);
	}
	closedir(dir);
	return rc;
}

void
process_ignored(sigset_t *ignored)
{
	struct sigaction action;

	sigemptyset(ignored);
	for (int sig = 1; sig < NSIG; sig++)
		if (sigaction(sig, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			sigaddset(ignored, sig);
}

/* ---- the child ------------------------------------------------------ */

/* Functions that end in exec: AddressSanitizer's marks on their stack would stay in the
 * parent, whose memory it is. */
#define NEVER_RETURNS __attribute__((no_sanitize("address"), noinline))

struct start {
	const struct process_command *command;
	int out, err; /* become 1 and 2 */
	pid_t parent;
	int why; /* the errno of the failure; 0: none */
};

/* exec resets signals with a handler. */
NEVER_RETURNS static void
reset_signals(const sigset_t *ignored)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(ignored, sig) == 1)
			(void)signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

NEVER_RETURNS static int
become_handler(const struct start *s)
{
	const struct process_command *c = s->command;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return -1;
	/* If it died before that, nobody would notify us. */
	if (getppid() != s->parent)
		_exit(1);
	if (setsid() == -1 || dup2(c->record, STDIN_FILENO) == -1 ||
	    dup2(s->out, STDOUT_FILENO) == -1 ||
	    dup2(s->err, STDERR_FILENO) == -1)
		return -1;
	reset_signals(c->ignored);
	return execvpe(c->argv[0], c->argv, c->envp);
}

NEVER_RETURNS static int
run_child(void *start)
{
	struct start *s = start;

	(void)become_handler(s);
	s->why = errno;
	_exit(1);
}

/* ---- the parent ----------------------------------------------------- */

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] != -1) {
			close(fds[i]);
			fds[i] = -1;
		}
}

/* Is the error temporary, or is it the command's? */
static bool
is_passing(int why)
{
	static const int passing[] = {EAGAIN, ENOMEM, EMFILE, ENFILE, EIO,
	    ETXTBSY, EINTR};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (passing[i] == why)
			return true;
	return false;
}

/* Start the child on its own stack, with none of our signal handlers running in it: its
 * pid, or -1. Returns when it runs the command. */
static pid_t
start_child(struct start *s)
{
	char stack[STACK_SIZE] __attribute__((aligned(16)));
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = clone(run_child, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | SIGCHLD, s);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Wait for a child that ended or was killed. */
static void
wait_for_child(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) == -1 && errno == EINTR)
		continue;
}

/* Start it, and wait for exec's result: 0, or the errno of the failure. */
static int
spawn(struct process *h, struct start *s)
{
	h->pid = start_child(s);
	if (h->pid == -1) {
		h->pid = 0;
		return errno;
	}
	if (s->why == 0)
		return 0;
	wait_for_child(h->pid, NULL);
	h->pid = 0;
	return s->why;
}

enum process_start
process_start(struct process *h, const struct process_command *command,
    struct error *error)
{
	enum { READ, WRITE };
	int out[2] = {-1, -1}, err[2] = {-1, -1};
	struct start s = {.command = command, .parent = getpid()};
	int why;

	*h = (struct process)PROCESS_INIT;
	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1 ||
	    fcntl(out[READ], F_SETFL, O_NONBLOCK) == -1 ||
	    fcntl(err[READ], F_SETFL, O_NONBLOCK) == -1) {
		why = errno;
	} else {
		s.out = out[WRITE];
		s.err = err[WRITE];
		why = spawn(h, &s);
	}
	if (why == 0) {
		h->out = out[READ];
		h->err = err[READ];
		out[READ] = err[READ] = -1;
	}
	close_all(out, 2);
	close_all(err, 2);
	if (why == 0)
		return PROCESS_STARTED;
	errno = why;
	error_sys(error, ERROR_UNAVAILABLE, "handler \"%.200s\"",
	    command->argv[0]);
	return is_passing(why) ? PROCESS_NOT_NOW : PROCESS_IMPOSSIBLE;
}

void
process_kill(const struct process *h, int sig)
{
	/* The group exists since before exec, and the process, even an ended one, until
	 * it is waited for: its number cannot be another's. */
	if (h->pid > 0)
		(void)kill(-h->pid, sig);
}

bool
process_ended(struct process *h, bool kill_group, int *status)
{
	siginfo_t info = {.si_pid = 0};

	if (h->pid == 0)
		return false;
	/* There is no second notice that it ended. */
	while (waitid(P_PID, (id_t)h->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) == -1 &&
	    errno == EINTR)
		continue;
	if (info.si_pid == 0)
		return false;
	if (kill_group)
		process_kill(h, SIGKILL);
	wait_for_child(h->pid, status);
	h->pid = 0;
	return true;
}

pid_t
process_any_ended(void)
{
	siginfo_t info = {.si_pid = 0};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 &&
	    errno == EINTR)
		continue;
	return info.si_pid;
}

void
process_forget(pid_t pid)
{
	wait_for_child(pid, NULL);
}

void
process_close(struct process *h)
{
	if (h->pid > 0) {
		process_kill(h, SIGKILL);
		wait_for_child(h->pid, NULL);
		h->pid = 0;
	}
	close_all(&h->out, 1);
	close_all(&h->err, 1);
}
