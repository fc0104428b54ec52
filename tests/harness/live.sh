# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# What the live tests share: a working folder that every user may enter, the
# program under test in it, and bounded runs. Sourced by tests/live/*.sh, which are
# called with the build folder, from the top of the tree.
#
#   $falco_run  the program, $samples the sample programs' folder
#   $work       scratch, removed at the end
#   $engines    the engines that this machine has
#   $slow       how many times longer things take here (sanitizers, others' work)

. tests/harness/report.sh

build=$1

# In the build folder, where programs can be run; but everybody must be able to go
# there, and rules are written more easily about paths without blanks.
place=$(readlink -f "$build")
if [[ $place =~ [[:space:]] ]]; then
	place=${TMPDIR:-/tmp}
elif [ "$(id -u)" -eq 0 ] && ! (cd / && setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$place"); then
	place=${TMPDIR:-/tmp}
fi
work=$(mktemp -d "$place/falco-run-live-XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
mkdir -m 755 "$work/bin" "$work/samples"
mkdir -m 1777 "$work/tmp"
cp "$build/falco-run" "$work/bin/"
cp "$build"/samples/* "$work/samples/" 2>/dev/null || :
rm -f "$work"/samples/*.[do]
falco_run=$work/bin/falco-run
samples=$work/samples
slow=1
if [ -n "${SANITIZE-}" ]; then
	slow=4
fi
# Limits of time are there to find who waits, whatever else the machine does.
read -r load _ </proc/loadavg
slow=$((slow * (1 + ${load%.*} / $(nproc))))
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES SANITIZE LANGUAGE FALCO_RUN
export LC_ALL=C

if [ "$(id -u)" -eq 0 ]; then
	users="root user"
else
	users=user
fi

# Runs a command as an ordinary user: as ourselves, or as nobody when we are root.
as_user() { # command...
	if [ "$(id -u)" -eq 0 ]; then
		HOME=$work/tmp setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# The same by name.
as() { # root|user command...
	local who=$1
	shift
	if [ "$who" = user ]; then
		as_user "$@"
	else
		"$@"
	fi
}

# Runs with a time limit in seconds, stretched where things are slow. Status 124 or
# 137 is a test that hung.
bounded() { # seconds command...
	local limit=$(($1 * slow))
	shift
	timeout -k 5 "$limit" "$@"
}

# Starts falco-run in the background as $pid, output in $work/out and $work/err;
# finish waits for it and sets $status. What hangs is killed after 60 s.
start() { # falco-run's arguments...
	env --default-signal=INT,QUIT "$falco_run" "$@" >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	(timeout $((60 * slow)) tail -s 0.2 --pid=$pid -f /dev/null || kill -9 $pid) >/dev/null 2>&1 &
}

finish() {
	{ wait "$pid"; } 2>/dev/null
	status=$?
}

# Waits until a command succeeds, 20 s at most.
wait_until() { # command...
	local i
	for ((i = 0; i < 400 * slow; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}

# Until a file has something in it.
wait_for() { # file
	wait_until test -s "$1"
}

# How many lines of $work/err have these words, and until so many have.
said_times() { # words
	grep -ac "$1" "$work/err"
}
has_said() { # words, times
	[ "$(said_times "$1")" -ge "$2" ]
}
until_said() { # words, times
	wait_until has_said "$@"
}

# Ends a group that is about what is handed out.
not_sanitized() { # group
	[[ $build = *sanitize* ]] || return 0
	skip "$1" "nobody packages a program with sanitizers"
	exit 0
}

children() { # pid
	cat "/proc/$1/task/$1/children"
}

# The one of falco-run's children that has children.
monitor_of() { # falco-run's pid
	local child
	for child in $(children "$1"); do
		[ -n "$(children "$child")" ] && echo "$child"
	done
}

# falco-run with JSON alerts, bounded; for short programs.
watch() { # engine, command...
	local engine=$1
	shift
	bounded 60 "$falco_run" --engine "$engine" -o json_output=true -- "$@"
}

alerts() { # expect|same|list FILE...
	python3 tests/live/alerts.py "$@"
}

# Can this machine run an engine at all? Otherwise its tests are skipped.
engines=
for engine in notify trace ptrace; do
	if bounded 20 "$falco_run" --engine $engine -q -- true >/dev/null 2>"$work/$engine.why"; then
		engines="$engines $engine"
	else
		fail "engine $engine starts a program" "$(cat "$work/$engine.why")"
	fi
done
