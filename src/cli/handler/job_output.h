/* SPDX-License-Identifier: ISC */
/*
 * job_output: reads the output of handlers from their pipes, line by line, and adds it to
 * the output queues of the runner.
 */
#ifndef ALERTSPOOL_HANDLER_JOB_OUTPUT_H
#define ALERTSPOOL_HANDLER_JOB_OUTPUT_H

#include "cli/handler/job.h"

struct pollfd;

/* The descriptors to wait on, two for each job; no more is read than the output queues
 * accept. And reading from them: worker_ops. */
#define JOB_OUTPUT_POLLS 2
void job_output_set_polls(void *jobs, const struct context *, struct pollfd *);
void job_output_take_polls(void *jobs, struct context *, const struct pollfd *);

/* Read what is in the pipes of a job now, and no more: a process that the handler left
 * behind may hold them open and go on writing. */
void job_output_drain(struct job *);

#endif
