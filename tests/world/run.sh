#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real programs, end to end: each script beside this one is run alone and under every
# engine with the built-in rules, and has the same output and the same status, and nothing
# is said of it at WARNING or above. Prints a line a run and, at the end, the table that
# the README shows and how often each rule spoke. WORLD='nginx git' runs some alone;
# KEEP=1 shows the outputs that differ.
#
# A script is called with the folder to work in, and before that once, unwatched, with
# `prepare` and the same folder. Its first comment tells
#
#   NEEDS command=package     what it runs, and which Debian package has that
#   ENGINES those that it can run under, where not all
#   ALERTS  rules at WARNING or above that are right, since it does what they are about
set -u

suite=world
. tests/harness/live.sh "$1"
here=tests/world
table=$build/world.md

told() { # script, word
	sed -n "s/^# $2 //p" "$here/$1.sh"
}

missing_packages() {
	local name pair
	for name in $names; do
		for pair in $(told "$name" NEEDS); do
			PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null 2>&1 || echo "${pair#*=}"
		done
	done | sort -u
}

lacks() { # script
	local pair
	for pair in $(told "$1" NEEDS); do
		PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null 2>&1 || echo "${pair%%=*}"
	done
}

# Runs a script in a fresh folder; sets got and took (in seconds).
run() { # name, command before...
	local name=$1 begin dir=$work/world/$1
	shift
	cp -r "$dir" "$dir.run"
	begin=${EPOCHREALTIME/./}
	(cd "$dir.run" && PATH=$PATH:/usr/sbin:/sbin HOME=$dir.run bounded 240 "$@" \
		bash "$work/world/$name.sh" "$dir.run") >"$work/out" 2>"$work/err" </dev/null
	got=$?
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	took=$((took / 1000)).$(printf '%03d' $((took % 1000)) | cut -c1)
	rm -rf "$dir.run"
}

compare() { # name, engine: sets cell
	if [ "$got" -ne "$plain" ]; then
		cell="status $got"
		fail "$1 under $2: status $plain" "it is $got: $(tail -n 4 "$work/err")"
	elif ! cmp -s "$work/plain.out" "$work/out"; then
		cell="other output"
		fail "$1 under $2: same output" "$(diff "$work/plain.out" "$work/out" | head -n 6)"
	else
		cell="same, $took s"
		pass "$1 under $2: same status and output"
	fi
}

# What rules said, by rule; louder than Notice is too loud.
listen() { # name, engine
	local allowed loud
	allowed=$(told "$1" ALERTS)
	alerts list "$work/err" | sort | uniq -c | sed "s/^/$1 $2: /" >>"$work/said"
	loud=$(alerts list "$work/err" | grep -E '^(Emergency|Alert|Critical|Error|Warning) ' |
		grep -vE "\\| (${allowed:-none})\$" | sort | uniq -c)
	verdict "$1 under $2: no false alarm" "$loud"
}

names=${WORLD:-$(cd "$here" && printf '%s\n' *.sh | sed 's/\.sh$//' | grep -vx run)}
packages=$(missing_packages)
if [ -n "$packages" ] && [ "$(id -u)" -eq 0 ]; then
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages \
		>"$work/apt" 2>&1 || echo "apt-get: $(tail -n 2 "$work/apt")"
fi

mkdir -m 755 "$work/world"
{
	echo "| program | alone | notify | trace | ptrace |"
	echo "|---|---|---|---|---|"
} >"$table"
for name in $names; do
	lacking=$(lacks "$name")
	if [ -n "$lacking" ]; then
		skip "$name" "there is no $(one_line "$lacking")"
		continue
	fi
	cp "$here/$name.sh" "$work/world/"
	mkdir -m 777 "$work/world/$name"
	if ! (cd "$work/world/$name" && HOME=$work/world/$name bounded 300 \
		bash "$work/world/$name.sh" prepare) >"$work/out" 2>&1 </dev/null; then
		skip "$name" "it could not be prepared: $(tail -n 3 "$work/out")"
		continue
	fi
	run "$name"
	plain=$got
	row="| $name | $took s |"
	cp "$work/out" "$work/plain.out"
	if [ "$plain" -ge 124 ]; then
		fail "$name without falco-run" "status $plain: $(tail -n 3 "$work/err")"
		continue
	fi
	for engine in notify trace ptrace; do
		case " $(told "$name" ENGINES) " in
		"  " | *" $engine "*)
			run "$name" "$falco_run" --engine "$engine" -q -o json_output=true \
				-o 'rules[].disable.tag=container_start' --
			compare "$name" "$engine"
			listen "$name" "$engine"
			[ -z "${KEEP-}" ] || diff "$work/plain.out" "$work/out" || cat "$work/err"
			;;
		*) cell="not possible" ;;
		esac
		row="$row $cell |"
	done
	echo "$row" >>"$table"
done
cat "$table"
sort "$work/said"
