/* SPDX-License-Identifier: ISC */
/*
 * subject: a record's subject on the bus, from a template like
 * "atlas.alerts.{project}.{event}".
 *
 * A field becomes one safe token of at most 64 characters: each character outside
 * [A-Za-z0-9_-] becomes "_", and an empty field "-". {alert} is ALERT of the record's
 * name: the id, and "+SOURCE" for all except "default". So no record can choose a subject
 * outside the template, or that of an alert of another source. Pure functions.
 */
#ifndef ALERTSPOOL_NATS_SUBJECT_H
#define ALERTSPOOL_NATS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;
struct record_view;

#define SUBJECT_DEFAULT "atlas.alerts.{project}.{event}"

/* For a template, and for the subjects it makes. */
#define SUBJECT_TEMPLATE_MAX 256
#define SUBJECT_SIZE 1152

/* Is this a valid template: tokens between dots, of printable ASCII without "*" and ">",
 * not beginning with "$", with known fields? 0, or -1 with ERROR_USAGE. */
int subject_check(const char *template, struct error *);

/* The subject of a record. The template must have passed subject_check(). */
void subject_make(const char *template, const struct record_view *,
    char out[static SUBJECT_SIZE]);

/* Append the pattern of all subjects of the template: "*" for each token with a field. */
void subject_pattern(const char *template, struct buf *);

/* Does the first pattern ("*" is a token, a last ">" is one or more) match everything
 * that the other one does? */
bool subject_covers(const char *pattern, const char *other);

/* "{project} {event} …", for help. Static. */
const char *subject_fields(void);

#endif
