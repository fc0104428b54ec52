#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Memory that a program serves itself does not hold up the monitor: while one thread's
# path never comes, others' opens are judged and alerted, and the thread's own is when
# it comes after all.
set -u

suite=live
. tests/harness/live.sh "$1"
stall=$work/bin/stall
cp "$build/tests/live/stall" "$stall" || exit 1
echo x >"$work/watched"
cat >"$work/rules.yaml" <<END
- rule: Watched file opened
  desc: A real open of it.
  condition: evt.type in (open, openat) and fd.name=$work/watched and fd.num>=0
  output: WATCHED %fd.name by %proc.cmdline
  priority: WARNING
END
chmod 644 "$work/watched" "$work/rules.yaml"
opens=200

case_of() { # who, engine, how, alerts
	local name="memory that is never there ($3) under $2 as $1" said got
	said=$(as "$1" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$2" -r "$work/rules.yaml" -- \
		"$stall" "$3" "$work/watched" $opens 2>"$work/err" </dev/null)
	status=$?
	got=$(grep -c WATCHED "$work/err")
	if [ $status -eq 77 ]; then
		skip "$name" "$said"
	elif [ $status -ne 0 ]; then
		fail "$name" "status $status: $said $(tail -n 2 "$work/err")"
	elif [ "$3" = late ] && [ "${said##*opened }" != yes ]; then
		fail "$name" "the open did not succeed: $said"
	else
		verdict "$name: $(echo $said), $got alerts" \
			"$([ "$got" -eq "$4" ] || echo "it is $got alerts instead of $4")"
	fi
}

for who in $users; do
	for engine in $engines; do
		case_of "$who" "$engine" never $opens
		case_of "$who" "$engine" late $((opens + 1))
		case_of "$who" "$engine" args $((opens + 1))
	done
done

exit 0
