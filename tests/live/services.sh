#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Metrics and the web server around a real program: snapshots, endpoints, TLS, what
# Prometheus' own tool says, and what goes wrong without the program noticing.
set -u

suite=live
. tests/harness/live.sh "$1"
promtool=$(command -v promtool || readlink -f "build/tools/promtool")
cd "$work" || exit 1
engine=${engines# }
engine=${engine%% *}
cat >one.yaml <<END
- rule: One "quoted" \\ rule
  desc: one alert for each read
  condition: evt.type in (open, openat) and fd.name = $work/watched.txt
  output: read (%fd.name)
  priority: ERROR
  tags: [a-b, c]
END
printf 'a secret\n' >watched.txt
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# What is wrong, of a list of conditions; nothing when all hold.
expect() { # name condition...
	local name=$1 condition
	shift
	for condition in "$@"; do
		if ! eval "$condition"; then
			fail "$name" "not so: $condition; status ${status-}: $(tail -n 3 err)"
			return
		fi
	done
	pass "$name"
}

# Reads the file three times, then waits for a file called stop.
cat >reader.py <<'END'
import os, time
for i in range(3):
    open("watched.txt").close()
open("ready", "w").write("x")
while not os.path.lexists("stop"):
    time.sleep(0.02)
END
begin() { # options...
	rm -f ready stop
	start --engine "$engine" -r one.yaml -o webserver.enabled=true -o webserver.listen_address=127.0.0.1 \
		-o webserver.listen_port="$port" "$@" -- python3 reader.py
	wait_for ready
}
end() {
	touch stop
	finish
}
# Status, type and body in $code, $type and ./body.
get() { # path, further arguments of urlopen's context
	python3 - "$1" "$port" "${2-}" >got 2>&1 <<'END'
import ssl, sys, time, urllib.error, urllib.request
path, port, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca) if ca else None
url = "%s://127.0.0.1:%s%s" % ("https" if ca else "http", port, path)
for attempt in range(50):
    try:
        answer = urllib.request.urlopen(url, timeout=10, context=context)
        break
    except urllib.error.HTTPError as error:
        answer = error
        break
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ConnectionRefusedError):
            raise
        time.sleep(0.1)
open("body", "wb").write(answer.read())
print(answer.status, answer.headers.get("Content-Type"))
END
	# shellcheck disable=SC2034
	read -r code type <got
}

begin -o webserver.prometheus_metrics_enabled=true -o metrics.enabled=true -o metrics.interval=1h
if grep -q 'needs libmicrohttpd' err; then
	end
	skip "the web server" "there is no libmicrohttpd"
else
	get /healthz
	expect "the health endpoint" '[ "$code" = 200 ]' '[ "$type" = application/json ]' '[ "$(cat body)" = "{\"status\": \"ok\"}" ]'
	get /versions
	expect "the versions endpoint" '[ "$code" = 200 ]' 'grep -q "\"engine_version_semver\":\"0.63.0\"" body'
	get /elsewhere
	expect "anything else is not found" '[ "$code" = 404 ]' '[ ! -s body ]'
	get /metrics
	cp body metrics.txt
	expect "the metrics endpoint" '[ "$code" = 200 ]' '[ "$type" = "text/plain; version=0.0.4" ]' \
		'grep -qF "falcosecurity_falco_rules_matches_total{priority=\"3\",rule_name=\"One \\\"quoted\\\" \\\\ rule\",source=\"syscall\",tag_a_b=\"true\",tag_c=\"true\"} 3" body' \
		'grep -q "^falco_run_call_wait_seconds_count{event=\"openat\"" body' 'grep -q "decided=\"end\"} 3$" body'
	end
	expect "the port is said, and the program ends as it would" '[ $status -eq 0 ]' 'grep -q "listening on 127.0.0.1:$port" err'
	if [ -x "$promtool" ]; then
		# Falco's names of moments are the only ones that it does not like.
		"$promtool" check metrics <metrics.txt >promtool.out 2>&1
		expect "Prometheus' own tool reads the metrics" '[ $? -ne 1 ]' '! grep -v "^falcosecurity_falco_[a-z_]*_timestamp_nanoseconds use base unit" promtool.out | grep .'
	else
		skip "Prometheus' own tool reads the metrics" "there is no promtool (Debian's package prometheus)"
	fi

	python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(1); open("taken", "w").write("x"); time.sleep(60)' "$port" &
	taker=$!
	wait_for taken
	begin
	end
	kill "$taker" && wait "$taker" 2>/dev/null
	expect "a port that is taken is said, and no more" '[ $status -eq 0 ]' 'grep -q "webserver: cannot listen on 127.0.0.1:$port" err'

	begin -o webserver.ssl_enabled=true -o webserver.ssl_certificate=none.pem
	end
	expect "a certificate that is missing is said, and no more" '[ $status -eq 0 ]' 'grep -q "webserver: cannot read none.pem" err'

	if openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1; then
		cat key.pem cert.pem >both.pem
		begin -o webserver.ssl_enabled=true -o webserver.ssl_certificate=both.pem
		get /healthz cert.pem
		end
		expect "the endpoints over TLS" '[ $status -eq 0 ]' '[ "$code" = 200 ]' 'grep -q "with TLS" err'
	else
		skip "the endpoints over TLS" "there is no openssl"
	fi
fi

run() { # options... -- command...
	bounded 60 "$falco_run" --engine "$engine" -r one.yaml "$@" >out 2>err </dev/null
	status=$?
}
reads=(python3 -c 'for i in range(3): open("watched.txt").close()')
run -o metrics.enabled=true -o metrics.interval=1h -o metrics.output_rule=true -o metrics.output_file="$work/snapshots" \
	-o json_output=true -- "${reads[@]}"
expect "a short run has a snapshot, too, as an alert and in a file" '[ $status -eq 0 ]' \
	'grep -q "^{\"hostname\":.*\"output\":\"Falco metrics snapshot\",\"output_fields\":{.*\"rule\":\"Falco internal: metrics snapshot\",\"source\":\"internal\"" err' \
	'grep -q "\"falco.rules.matches_total\":3" err' 'grep -q "^{\"output_fields\":{.*},\"sample\":0}$" snapshots' \
	'python3 -m json.tool --json-lines snapshots >/dev/null'
run -o metrics.enabled=true -o metrics.interval=10 -o metrics.output_rule=true -- true
expect "an interval that is none is refused" '[ $status -eq 125 ]' 'grep -q "minimum value of 100ms" err'
run -o metrics.enabled=true -o metrics.interval=10s -- true
expect "metrics for nobody are refused" '[ $status -eq 125 ]' 'grep -q "no output configured" err'
run -v -- "${reads[@]}"
expect "-v: events by type and place, alerts by rule" '[ $status -eq 0 ]' 'grep -q "^   openat: [0-9]* decided at entry, 3 at their end; [0-9.]* ms waited" err' \
	'grep -q "^   One .quoted. . rule: 3" err' 'grep -q "the program waited [0-9.]* s" err'

# --- Another configuration on the way -----------------------------------------------

# Writes a configuration.
configure() { # lines of metrics and webserver...
	{
		printf 'rules_files: [%s/one.yaml]\nlog_level: info\nfalco_run: {reload_on_sighup: true}\n' "$work"
		printf '%s\n' "$@"
	} >config.new
	mv config.new config.yaml
}
web() { # port, more keys
	echo "webserver: {enabled: true, listen_address: 127.0.0.1, listen_port: $1, prometheus_metrics_enabled: true${2:+, $2}}"
}
reload() { # words that must be said, times
	kill -HUP "$pid"
	until_said "$1" "$2"
}
# Reads the file whenever there is a file called go.
cat >on_demand.py <<'END'
import os, time
open("ready", "w").write("x")
while not os.path.lexists("stop"):
    if os.path.lexists("go"):
        os.remove("go")
        open("watched.txt").close()
    time.sleep(0.02)
END
one_more() {
	touch go
	while [ -e go ]; do sleep 0.02; done
}
other=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
first=$port
configure 'metrics: {enabled: false}' 'webserver: {enabled: false}'
rm -f ready stop go snapshots
start --engine "$engine" -c config.yaml -- python3 on_demand.py
wait_for ready
one_more
configure "metrics: {enabled: true, interval: 1h, output_file: $work/snapshots}" "$(web "$first")"
reload "are reloaded" 1
if grep -q 'needs libmicrohttpd' err; then
	touch stop
	finish
	skip "services follow the configuration" "there is no libmicrohttpd"
else
	one_more
	get /metrics
	expect "a reload turns on metrics and the web server, with what was counted before" '[ "$code" = 200 ]' 'grep -q "^falcosecurity_falco_rules_matches_total{.*} 2$" body'
	configure "metrics: {enabled: true, interval: 300ms, output_file: $work/snapshots, convert_memory_to_mb: false, state_counters_enabled: false}" "$(web "$other" 'k8s_healthz_endpoint: /alive, threadiness: 3')"
	reload "are reloaded" 2
	port=$other
	get /alive
	expect "a reload moves the web server to another port and path" '[ "$code" = 200 ]' 'grep -q "threadiness 3 listening on 127.0.0.1:$other" err' \
		'! (exec 3<>"/dev/tcp/127.0.0.1/$first") 2>/dev/null'
	wait_for snapshots
	expect "a reload changes what metrics have and when" 'grep -q "\"falco.memory_rss_kb\":" snapshots' '! grep -q "falco.n_threads" snapshots' \
		'grep -q "\"falco.rules.matches_total\":2" snapshots'

	rm -f taken
	python3 -c 'import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(1); open("taken", "w").write("x"); time.sleep(60)' "$first" &
	taker=$!
	wait_for taken
	configure 'metrics: {enabled: false}' 'json_output: true' "$(web "$first")"
	reload "nothing is reloaded" 1
	one_more
	get /metrics
	expect "a port that is taken changes nothing at all, and is said" '[ "$code" = 200 ]' 'grep -q "nothing is reloaded.*webserver: cannot listen on 127.0.0.1:$first: Address already in use" err' \
		'grep -q "^falcosecurity_falco_rules_matches_total{.*} 3$" body' '! grep -q "^{" err' \
		'grep -q "Critical Falco internal: hot restart failure: webserver: cannot listen" err'
	kill "$taker" && wait "$taker" 2>/dev/null

	if [ -s both.pem ]; then
		configure 'metrics: {enabled: true, output_rule: true, interval: 1h}' "$(web "$other" "ssl_enabled: true, ssl_certificate: $work/both.pem")"
		reload "are reloaded" 3
		get /healthz cert.pem
		expect "a reload turns on TLS at the same port" '[ "$code" = 200 ]' 'grep -q "127.0.0.1:$other with TLS" err'
		cp both.pem both.kept
		echo nonsense >both.pem
		reload "nothing is reloaded" 2
		get /healthz cert.pem
		expect "a certificate that is none changes nothing" '[ "$code" = 200 ]' 'grep -q "nothing is reloaded.*certificate or key refused" err'
		mv both.kept both.pem
	fi
	configure 'metrics: {enabled: true, interval: 7, output_rule: true}' 'webserver: {enabled: false}'
	reload "minimum value of 100ms" 1
	get /healthz "$([ -s both.pem ] && echo cert.pem)"
	expect "an interval that is none changes nothing" '[ "$code" = 200 ]'
	configure 'metrics: {enabled: true, interval: 1h, output_rule: true}' 'webserver: {enabled: false}' 'stdout_output: {enabled: false}' \
		"file_output: {enabled: true, filename: $work/elsewhere}"
	reload "health webserver has ended" 1
	touch stop
	finish
	expect "a reload ends the web server" '[ $status -eq 0 ]' '! (exec 3<>"/dev/tcp/127.0.0.1/$other") 2>/dev/null'
	expect "a snapshot goes where the new configuration says" 'grep -q "Falco metrics snapshot.*falco.rules.matches_total=3" elsewhere' \
		'! grep -q "metrics snapshot" err'
fi
