#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The include rule: a file includes its own room and include/; only launcher/ and
# tests/ may also open the doors tracer/tracer.h and engine/engine.h; samples and
# rules include nothing of ours. Proves as well that the compiler refuses a breach.
#
#   layers.sh BUILD
set -u

suite=layers
. tests/harness/report.sh
cc=${CC:-cc}

# "file:line:name" of every #include "..." in a room.
includes() { # room
	grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' --include='*.[ch]' --include='*.def' "$1" |
		sed -E 's/^([^:]+:[0-9]+):.*"([^"]*)".*/\1 \2/'
}

# What of those a room may not see. The third argument is what it may, beyond its
# own files and include/.
breaches() { # room, pattern
	local where what
	includes "$1" | while read -r where what; do
		if [ -e "include/$what" ] || [ -e "$1/$what" ] ||
			[ -e "$(dirname "${where%%:*}")/$what" ]; then
			case $what in
			*..*) echo "$where includes $what" ;;
			esac
		elif ! [[ $what =~ $2 ]]; then
			echo "$where includes $what"
		fi
	done
}

nothing='^$'
doors='^(tracer/tracer|engine/engine)\.h$'
verdict "include/ sees only itself" "$(breaches include "$nothing")"
verdict "tracer/ sees only include/ and itself" "$(breaches tracer "$nothing")"
verdict "engine/ sees only include/ and itself" "$(breaches engine "$nothing")"
verdict "launcher/ also opens the two doors" "$(breaches launcher "$doors")"
verdict "samples/ sees nothing of ours" "$(includes samples)"
verdict "no file includes by ../" \
	"$(grep -rnE '#[[:space:]]*include[[:space:]]+["<][^">]*\.\./' --include='*.[ch]' --include='*.def' \
		include tracer engine launcher tests samples)"
verdict "include/ holds headers and tables only" \
	"$(find include -type f ! -name '*.h' ! -name '*.def' ! -name README.md)"
verdict "the top-level folders are the seven rooms" \
	"$(find . -mindepth 1 -maxdepth 1 -type d ! -name '.*' ! -name 'build*' \
		! -name tracer ! -name launcher ! -name engine ! -name rules \
		! -name include ! -name samples ! -name tests)"

# The proof: the makefile's own flags for a room do not find another room's door.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
proof() { # room, header, should it compile (yes or no), -I flags
	local got=no
	printf '#include "%s"\n' "$2" >"$folder/$1.c"
	# shellcheck disable=SC2086
	if $cc -std=gnu17 -D_GNU_SOURCE -Iinclude $4 -iquote "$1" -fsyntax-only "$folder/$1.c" 2>/dev/null; then
		got=yes
	fi
	if [ "$got" = "$3" ]; then
		pass "does a file of $1/ including \"$2\" compile? $3"
	else
		fail "does a file of $1/ including \"$2\" compile? $3" "it says $got"
	fi
}
proof tracer engine/engine.h no "${SEES_tracer-}"
proof engine tracer/tracer.h no "${SEES_engine-}"
proof launcher engine/engine.h yes "${SEES_launcher--I.}"
proof launcher tracer/tracer.h yes "${SEES_launcher--I.}"

# What is banned does not compile.
for function in strcpy sprintf strtok atoi; do
	printf 'void *f(void);\nvoid *f(void) { return (void *)%s; }\n' "$function" >"$folder/banned.c"
	if $cc -std=gnu17 -Iinclude -include include/banned.h -fsyntax-only "$folder/banned.c" 2>/dev/null; then
		fail "$function does not compile" "it does"
	else
		pass "$function does not compile"
	fi
done
exit 0
