# SPDX-License-Identifier: ISC
# Every shell script of the tree, from its top directory.

# shellcheck disable=SC2034 # who reads this file uses it
scripts=$(grep -rlE '^#!/bin/sh' quickstart check .ci tools tests examples handlers bench container \
	2>/dev/null | sort; echo tests/lib.sh handlers/common.sh)
