#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every header compiles alone, seeing only what its room may see, and twice over.
#
#   headers.sh BUILD
set -u

suite=headers
. tests/harness/report.sh
cc=${CC:-cc}
source=$(mktemp --suffix=.c)
trap 'rm -f "$source"' EXIT

for header in include/*.h tracer/*.h engine/*.h launcher/*.h launcher/*/*.h tests/harness/*.h; do
	[ -e "$header" ] || continue
	room=${header%%/*}
	case $room in
	launcher) sees='-I.' ;;
	tests) sees='-I. -Itests' ;;
	*) sees='' ;;
	esac
	printf '#include "%s"\n#include "%s"\n' "$(basename "$header")" \
		"$(basename "$header")" >"$source"
	# shellcheck disable=SC2086
	complaint=$($cc ${LANGUAGE:--std=gnu17 -D_GNU_SOURCE} -Werror -Iinclude \
		-include include/banned.h -iquote "$(dirname "$header")" $sees \
		-fsyntax-only "$source" 2>&1 | grep -m 2 -E 'error|warning')
	verdict "$header compiles alone" "$complaint"
done
