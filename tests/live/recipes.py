#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the recipes of samples/deploy, each as what it is, and runs what they run.

  recipes.py FALCO-RUN VERSION

Of every file: its head says what is needed and what is not seen; it is a Dockerfile, a
script, YAML or a unit that says what such a thing must; the falco-run in it takes the
options that it is given, in front of a command that does no harm; the image is of VERSION.
Where the image's entrypoint is replaced, it comes after the --; ports are the image's.
Prints a line a test, as in harness/report.sh. Called from the top of the tree.
"""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

import yaml

FOLDER = "samples/deploy"

# What an image runs of itself (its Entrypoint and Cmd), and where it listens.
IMAGES = {"nginxinc/nginx-unprivileged": (["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"], 8080)}

# The volume that the image of the bundle has (launcher/pack/image.sh).
VOLUME = "/falco-run"


class Wrong(Exception):
    pass


def demand(what, why):
    if not what:
        raise Wrong(why)


def text_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as text:
        return text.read()


# --- What each kind of file is; gives the commands that it would run ----------------

def dockerfile(text):
    text = re.sub(r"\\\n", " ", text)
    steps = [line.split(None, 1) for line in text.splitlines() if line and line[0] != "#"]
    words = {step[0]: step[1] for step in steps}
    demand(set(words) <= {"FROM", "COPY", "ENTRYPOINT", "CMD"}, "an instruction that is not known")
    stages = {step[1].split()[-1] for step in steps if " AS " in step[1]}
    demand(re.match(r"--from=(\S+) ", words["COPY"]).group(1) in stages, "COPY is from no stage")
    demand(words["FROM"].split(":")[0] in IMAGES, "an image that is not known")
    return [json.loads(words["ENTRYPOINT"]) + json.loads(words["CMD"])]


# docker(1) that writes its arguments down, and refuses a name that was given before.
DOCKER = r"""#!/bin/sh
cd "$(dirname "$0")" || exit 1
printf '%s\n' "$@" END >>said
case "$1 $2" in
"container inspect") exec test -e "name-$3" ;;
"run --name") [ ! -e "name-$3" ] && : >"name-$3" ;;
esac
"""


def script(name):
    """It is run twice, as anybody would."""
    with tempfile.TemporaryDirectory() as folder:
        docker = os.path.join(folder, "docker")
        with open(docker, "w", encoding="utf-8") as stub:
            stub.write(DOCKER)
        os.chmod(docker, 0o755)
        for _ in range(2):
            subprocess.run(["sh", os.path.join(FOLDER, name)], check=True, timeout=20,
                           env=dict(os.environ, PATH=folder + ":" + os.environ["PATH"]))
        with open(folder + "/said", encoding="utf-8") as said:
            calls = [call.splitlines() for call in said.read().split("END\n") if call]
    demand([call[:2] for call in calls].count(["run", "--name"]) == 1, "its files are taken once")
    runs = [call for call in calls if call[0] == "run" and "--name" not in call]
    demand(len(runs) == 2 and runs[0] == runs[1], "docker run is called each time")
    run = runs[0]
    at = run.index("--entrypoint")
    demand("--privileged" not in run and "--cap-add" not in run, "it asks for privilege")
    port = IMAGES[run[at + 2].split(":")[0]][1]
    demand(run[run.index("-p") + 1].endswith(":%d" % port), "the port is not the image's")
    return [[run[at + 1]] + run[at + 3:]]


def check_ports(ports):
    demand([port["containerPort"] for port in ports] == [8080], "the port is not the image's")


def containers(items):
    for item in items:
        check_ports(item["ports"])
    return [item["command"] + item["args"] for item in items]


def kubernetes(pod):
    """The restricted profile, as Kubernetes' pod security standards have it."""
    demand((pod["apiVersion"], pod["kind"]) == ("v1", "Pod"), "it is no pod")
    spec = pod["spec"]
    context = spec["securityContext"]
    demand(context["runAsNonRoot"] is True and context["runAsUser"] > 0, "it is root")
    demand(context["seccompProfile"]["type"] == "RuntimeDefault", "the seccomp profile")
    volumes = {volume["name"] for volume in spec["volumes"]}
    for item in spec["containers"]:
        own = item["securityContext"]
        demand(own["allowPrivilegeEscalation"] is False, "privilege may grow")
        demand(own["capabilities"] == {"drop": ["ALL"]}, "capabilities are left")
        demand({mount["name"] for mount in item["volumeMounts"]} <= volumes, "a volume is missing")
    return containers(spec["containers"])


def ecs(task):
    demand(task["requiresCompatibilities"] == ["FARGATE"] and task["networkMode"] == "awsvpc",
           "it is no task for Fargate")
    demand(task["executionRoleArn"].startswith("arn:aws:iam::"), "nobody may write its logs")
    items = {item["name"]: item for item in task["containerDefinitions"]}
    for item in items.values():
        if item["essential"]:
            check_ports(item["portMappings"])
            demand(item["image"].split(":")[0] in IMAGES, "an image that is not known")
            log = item["logConfiguration"]
            demand(log["logDriver"] == "awslogs" and
                   {"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} <= set(log["options"]),
                   "its alerts go nowhere")
        needed = {more["containerName"]: more["condition"] for more in item.get("dependsOn", [])}
        for mount in item.get("mountPoints", []):
            demand(mount["sourceVolume"] in [volume["name"] for volume in task["volumes"]], "a volume is missing")
            demand(mount["containerPath"] == VOLUME, "it is not where the image has its files")
        for more in item.get("volumesFrom", []):
            demand(items[more["sourceContainer"]]["mountPoints"], "a volume of nothing")
            demand(needed.get(more["sourceContainer"]) == "SUCCESS", "a volume that is not waited for")
        demand(all(not items[name]["essential"] for name in needed), "an essential container ends")
    return [item["entryPoint"] + item["command"] for item in items.values()]


def cloud_run(service):
    demand((service["apiVersion"], service["kind"]) == ("serving.knative.dev/v1", "Service"),
           "it is no service")
    return containers(service["spec"]["template"]["spec"]["containers"])


def github(workflow):
    demand(workflow[True] if True in workflow else workflow["on"], "nothing starts it")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    demand(all(("uses" in step) != ("run" in step) for step in steps), "a step does nothing, or two things")
    shells = [shlex.split(step["shell"]) for step in steps if "shell" in step]
    demand(all("{0}" in shell for shell in shells), "a shell has no script")
    return shells


def gitlab(jobs):
    lines = [shlex.split(line) for job in jobs.values() for line in job["script"]]
    return [line for line in lines if line[0].endswith("/falco-run")]


def status_when_stopped(falco_run):
    """What a unit gets that systemd stops."""
    with subprocess.Popen([falco_run, "-q", "--", "sh", "-c", "echo; exec sleep 60"],
                          stdout=subprocess.PIPE) as run:
        run.stdout.readline()
        run.send_signal(signal.SIGTERM)
        return run.wait(timeout=20)


def unit(name, falco_run):
    """systemd's own word on it, where systemd is here."""
    text = text_of(name)
    status = status_when_stopped(falco_run)
    demand(status == -signal.SIGTERM, "stopped it ends with status %d" % status)
    demand("http.server --directory /" in text, "it shows the root directory")
    commands = [shlex.split(line) for line in re.findall(r"^ExecStart=(.*)$", text, re.M)]
    if shutil.which("systemd-analyze"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as copy:
                copy.write(text.replace("/usr/bin/falco-run", falco_run))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], timeout=60, check=False,
                                  capture_output=True, text=True)
        complaints = [line for line in done.stderr.splitlines() if name in line]
        demand(not complaints, "systemd-analyze: " + "; ".join(complaints))
    else:
        print("SKIP live: systemd-analyze verify %s: there is no systemd" % name)
    return commands


KINDS = {"kubernetes.yaml": kubernetes, "ecs-task.yaml": ecs, "cloud-run.yaml": cloud_run,
         "github-actions.yaml": github, "gitlab-ci.yaml": gitlab}

CONTAINERS = {"Dockerfile", "docker-run.sh", "kubernetes.yaml", "ecs-task.yaml", "cloud-run.yaml"}


def commands_of(name, falco_run):
    if name in KINDS:
        return KINDS[name](yaml.safe_load(text_of(name)))
    if name == "Dockerfile":
        return dockerfile(text_of(name))
    if name.endswith(".sh"):
        return script(name)
    if name.endswith(".service"):
        return unit(name, falco_run)
    raise Wrong("a file of no known kind")


# --- What they have in common ------------------------------------------------------------

def check_run(command, falco_run):
    demand(command[0].endswith("/falco-run"), "%s is not falco-run" % command[0])
    options, wanted = command[1:], 0
    if "--" in options:
        at = options.index("--")
        demand(options[at + 1:], "no command after --")
        options, wanted = options[:at] + ["-q", "--", "sh", "-c", "exit 7"], 7
    done = subprocess.run([falco_run] + options, timeout=60, check=False, capture_output=True, text=True)
    demand(done.returncode == wanted and not done.stderr,
           "%s: status %d: %s" % (" ".join(options), done.returncode, done.stderr))


def check_entrypoint(name, command):
    """Containers: what the image runs of itself is what falco-run runs."""
    if "--" in command and (name in CONTAINERS):
        program = command[command.index("--") + 1:]
        demand(program in [own for own, _ in IMAGES.values()], "%s is not what the image runs" % program)


def check(name, falco_run, version):
    text = text_of(name)
    head = text[:text.index("\n", text.index("Not seen: "))]
    demand("# SPDX-License-Identifier: Apache-2.0" in head, "no licence")
    demand("# Needed: " in head, "it does not say what is needed")
    images = re.findall(r"falco-run[:-](\d[\w.]*)", text)
    demand(all(image == version for image in images), "the image is of %s" % images)
    commands = commands_of(name, falco_run)
    demand(commands, "it runs no falco-run")
    for command in commands:
        check_entrypoint(name, command)
        check_run(command, falco_run)


def main():
    falco_run, version = sys.argv[1:]
    names = sorted(set(os.listdir(FOLDER)) - {"README.md"})
    readme = text_of("README.md")
    pushed = re.findall(r"skopeo copy oci-archive:build/falco-run-(\S+)\.oci\.tar docker://\S+/falco-run:(\S+)", readme)
    right = pushed == [(version, version)]
    print("ok   live: the README of the recipes says how the image is pushed" if right else
          "FAIL live: the README of the recipes says how the image is pushed: %s" % pushed)
    for name in names:
        title = "live: recipe %s is one, and its falco-run starts" % name
        try:
            check(name, falco_run, version)
            demand("`%s`" % name in readme, "README.md does not have it")
            print("ok   " + title)
        except (Wrong, KeyError, TypeError, ValueError, AttributeError, OSError, yaml.YAMLError,
                subprocess.SubprocessError) as error:
            print("FAIL %s: %s: %s" % (title, type(error).__name__, " ".join(str(error).split())[:500]))


main()
