#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What alerts say of a process, its user and its descriptor is what the process finds
# when it looks at itself.
set -u

suite=live
. tests/harness/live.sh "$1"
cp tests/live/fields.py "$work/"
cd "$work" || exit 1
: >"$work/tmp/watched"
chmod 644 fields.py tmp/watched
python3 fields.py rule "$work/tmp/watched" >fields.yaml

for who in $users; do
	for engine in $engines; do
		name="fields are what the program sees of itself ($engine, $who)"
		# The shell stays as the parent.
		# shellcheck disable=SC2016
		MARK="a b" as "$who" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" -r fields.yaml -o json_output=true -- \
			sh -c 'python3 "$1" tell "$2"; true' sh "$work/fields.py" "$work/tmp/watched" >told 2>err </dev/null
		if [ ! -s told ]; then
			fail "$name" "the program failed: $(cat err)"
		else
			verdict "$name" "$(python3 fields.py check told err)"
		fi
	done
done
