/* SPDX-License-Identifier: ISC */
#include "config.h"

extern int placeholder_queue;
