#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Replays the corpus of each fuzz harness, each file as it is and changed a little:
# tests/fuzz/fuzz_X.c over tests/fuzz/corpus/X/.
#
#   fuzz.sh BUILD
set -u

suite=fuzz
build=$1
. tests/harness/report.sh

for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	name=$(basename "$source" .c)
	corpus=tests/fuzz/corpus/${name#fuzz_}
	if ! compgen -G "$corpus/*" >/dev/null; then
		fail "$name" "it has no corpus in $corpus"
		continue
	fi
	for file in "$corpus"/*; do
		said=$(timeout -k 5 120 "$build/tests/fuzz/$name" "$file" 2>&1)
		status=$?
		if [ $status -eq 0 ]; then
			pass "$name over $(basename "$file")"
		else
			fail "$name over $(basename "$file")" "status $status: $(printf '%s' "$said" | tail -n 6)"
		fi
	done
done
exit 0
