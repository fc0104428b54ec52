#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Hot reload under load: no alert is lost or doubled, what is wrong changes nothing,
# what would need more events is refused by name. RELOADS=100 reloads more often.
set -u

suite=live
. tests/harness/live.sh "$1"
cd "$work" || exit 1
reloads=${RELOADS:-20}

# Opens n.0, n.1, ... until there is a file called stop; then says how many.
cat >load.py <<'END'
import os, sys, time
n = 0
while not os.path.lexists("stop"):
    try:
        os.close(os.open("n.%d" % n, os.O_RDONLY))
    except OSError:
        pass
    n += 1
    time.sleep(0.0003)
print(n)
END

rules() { # word, further condition
	cat >"$1.new" <<END
- rule: Opens
  desc: one alert for each file that is not there
  condition: evt.type in (open, openat) and fd.name startswith $work/n. $2
  output: $1 (%fd.name)
  priority: ERROR
END
	mv "$1.new" rules.yaml
}
more() { # a rule more, evt.type
	printf -- '- rule: %s\n  desc: d\n  condition: evt.type = %s\n  output: o\n  priority: ERROR\n' "$1" "$2" >>rules.yaml
}
config() { # lines
	{
		printf 'rules_files: [%s/rules.yaml]\nlog_level: info\nlog_stderr: true\nstdout_output: {enabled: false}\n' "$work"
		printf 'file_output: {enabled: true, filename: %s/alerts, keep_alive: true}\n%s\n' "$work" "$1"
	} >config.yaml
}

until_alert() { # words
	wait_until grep -qF "$1" alerts
}
begin() { # engine
	rm -f stop alerts err out
	rules first ""
	start --engine "$1" -c config.yaml -- python3 load.py
	wait_for alerts
}
end() {
	touch stop
	finish
	cp "$work/err" "$work/err.kept"
}

# What is wrong, of a list of conditions; nothing when all hold.
expect() { # name condition...
	local name=$1 condition
	shift
	for condition in "$@"; do
		if ! eval "$condition"; then
			fail "$name" "not so: $condition; status $status: $(tail -n 3 err)"
			return
		fi
	done
	pass "$name"
}
each_once() {
	[ "$(cat out)" -gt 0 ] && [ "$(wc -l <alerts)" -eq "$(cat out)" ] &&
		[ "$(grep -o 'n\.[0-9]*' alerts | sort -u | wc -l)" -eq "$(cat out)" ]
}

for engine in $engines; do
	config 'falco_run: {reload_on_sighup: true}'
	begin "$engine"
	for ((i = 1; i <= reloads; i++)); do
		rules "word$i" ""
		kill -HUP "$pid"
		until_said "are reloaded" "$i" || break
	done
	until_alert "word$reloads ("
	end
	expect "$engine: $reloads reloads under load lose and double no alert" '[ $status -eq 0 ]' \
		'[ "$(said_times "are reloaded")" -eq $reloads ]' each_once 'grep -q "word$reloads (" alerts' 'grep -q "first (" alerts'

	begin "$engine"
	rules second ""
	echo '- rule: [' >>rules.yaml
	kill -HUP "$pid"
	until_said "nothing is reloaded" 1
	cp config.yaml config.kept
	rules second ""
	echo 'priority: nope' >>config.yaml
	kill -HUP "$pid"
	until_said "nothing is reloaded" 2
	mv config.kept config.yaml
	end
	expect "$engine: what is wrong is said, and changes nothing" '[ $status -eq 0 ]' \
		'[ "$(said_times "nothing is reloaded")" -eq 2 ]' '! grep -q "second (" alerts' \
		'[ "$(grep -c "first (" alerts)" -eq "$(cat out)" ]' 'grep -q "Unknown priority" err' \
		'[ "$(grep -c "Critical Falco internal: hot restart failure: " alerts)" -eq 2 ]'

	begin "$engine"
	rules third ""
	more Sockets socket
	kill -HUP "$pid"
	until_said "are reloaded" 1
	until_alert "third ("
	end
	expect "$engine: a rule that needs more events is refused by name" '[ $status -eq 0 ]' \
		'grep -q "reload_headroom.*Sockets" err' 'grep -q "third (" alerts' each_once

	config 'falco_run: {reload_on_sighup: true, reload_headroom: [socket]}'
	begin "$engine"
	rules fourth ""
	more Sockets socket
	kill -HUP "$pid"
	until_said "are reloaded" 1
	end
	expect "$engine: headroom makes room for it" '[ $status -eq 0 ]' '! grep -q Sockets err' 'grep -q ": 2 rules" err' each_once
done
engine=${engines# }
engine=${engine%% *}

config 'watch_config_files: true'
begin "$engine"
sed -i s/first/inplace/ rules.yaml
until_said "are reloaded" 1
until_alert "inplace ("
rules renamed ""
until_said "are reloaded" 2
until_alert "renamed ("
rm rules.yaml
sleep 0.3
rules again ""
until_said "are reloaded" 3
until_alert "again ("
end
expect "a file that is written, replaced, or removed and there again is noticed" '[ $status -eq 0 ]' \
	'grep -q "inplace (" alerts' 'grep -q "renamed (" alerts' 'grep -q "again (" alerts'

config 'falco_run: {fail_on: error}'
rm -f stop
rules first ""
start --engine "$engine" -c config.yaml -- python3 -c 'import signal, os, time
signal.signal(signal.SIGHUP, lambda *a: os._exit(7))
open("ready", "w").write("x")
time.sleep(30)'
wait_for ready
kill -HUP "$pid"
finish
expect "SIGHUP is the program's unless it is wanted" '[ $status -eq 7 ]' '[ "$(said_times reload)" -eq 0 ]'

start --engine "$engine" -c config.yaml -o 'falco_run.reload_headroom[]=nope' -- true
finish
expect "headroom for what does not exist" '[ $status -eq 125 ]' "grep -q \"no event is called 'nope'\" err"
