# SPDX-License-Identifier: Apache-2.0
"""Job control as a person sees it: an interactive bash on a pseudo-terminal runs a
command, plain or behind falco-run, is sent keys, and what became of it is printed,
one line a story. The same lines must come with and without falco-run. ./program says
READY, GOT and the number of a signal, and OVER after so many seconds.

    jobs.py [falco-run OPTIONS... --]
"""

import os
import pty
import re
import select
import sys
import time

PROMPT = "@@"

class Shell:
    def __init__(self, prefix):
        self.prefix = prefix
        self.text = self.log = ""
        pid, self.fd = pty.fork()
        if pid == 0:
            os.environ.update(PS1=PROMPT, TERM="dumb", PS2="")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        self.until(PROMPT)

    def until(self, pattern, seconds=20):
        """All that came up to the first match."""
        end = time.time() + seconds
        while time.time() < end:
            match = re.search(pattern, self.text)
            if match:
                got = self.text[: match.end()]
                self.text = self.text[match.end():]
                return got
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    new = os.read(self.fd, 65536).decode(errors="replace")
                    self.text += new
                    self.log += new
                except OSError:
                    break
        print("waited for %r in vain, there is %r" % (pattern, self.text))
        sys.exit(1)

    def keys(self, text):
        os.write(self.fd, text.encode())

    def line(self, text):
        self.keys(text + "\n")
        return self.until(PROMPT)

    def run(self, command, background=False):
        """Starts a command behind the prefix; does not wait for it."""
        self.keys("%s%s%s\n" % (self.prefix, command, " &" if background else ""))
        if background:
            self.until(PROMPT)

    def state(self):
        """What jobs says of the last job."""
        found = re.findall(r"\[\d+\]\S?\s+(\w+)", self.line("jobs"))
        return found[-1] if found else "none"

    def wait_state(self, wanted):
        state = ""
        for _ in range(50):
            state = self.state()
            if state == wanted:
                break
            time.sleep(0.1)
        return state

    def status(self):
        return re.search(r"status=(\d+)", self.line("echo status=$?")).group(1)


def keys(sh):
    """Ctrl-Z, jobs, bg, fg, Ctrl-C."""
    sh.run("./program 20")
    sh.until("READY")
    sh.keys("\x1a")
    sh.until(PROMPT)
    told = [sh.status(), sh.state()]
    sh.line("bg")
    told.append(sh.state())
    sh.keys("fg\n")
    sh.until("program 20")
    time.sleep(0.3)
    sh.keys("\x03")
    told.append(str(sh.until(PROMPT).count("GOT 2")))
    told.append(sh.status())
    return told


def reads_in_background(sh):
    sh.run("cat", background=True)
    told = [sh.wait_state("Stopped")]
    sh.keys("fg\n")
    sh.until("cat")
    time.sleep(0.3)
    sh.keys("hello\n")
    sh.until("hello\r\nhello")
    sh.keys("\x04")
    sh.until(PROMPT)
    return told + [sh.status()]


def writes_in_background(sh):
    sh.line("stty tostop")
    sh.run("sh -c 'sleep 0.2; echo written; exit 6'", background=True)
    told = [sh.wait_state("Stopped")]
    sh.keys("fg\n")
    sh.until("written\r\n")
    sh.until(PROMPT)
    told.append(sh.status())
    sh.line("stty -tostop")
    return told


def stops_itself(sh):
    sh.run("sh -c 'echo one; kill -STOP $$; echo two; exit 5'")
    sh.until("one\r\n")
    sh.until(PROMPT)
    told = [sh.status(), sh.state()]
    sh.keys("fg\n")
    sh.until("two\r\n")
    sh.until(PROMPT)
    return told + [sh.status()]


def group_signals_come_once(sh):
    sh.run("./program 1.5", background=True)
    sh.until("READY")
    sh.line("kill -TERM %1")
    time.sleep(0.3)
    sh.line("kill -USR1 %1")
    time.sleep(0.3)
    sh.line("kill -USR1 %1")
    sh.keys("wait\n")
    sh.until("OVER")
    return [str(sh.log.count("GOT %d" % number)) for number in (15, 10)]


def continued_from_outside(sh):
    sh.run("./program 20")
    sh.until("READY")
    sh.keys("\x1a")
    sh.until(PROMPT)
    told = [sh.state()]
    sh.line("kill -CONT %1")
    told.append(sh.wait_state("Running"))
    sh.line("kill -STOP %1")
    told.append(sh.wait_state("Stopped"))
    sh.line("kill -KILL %1; sleep 0.5; wait %1; echo killed-$?")
    return told + re.findall(r"killed-\d+", sh.log)[-1:]


def shell_inside(sh):
    """A shell within the shell has jobs of its own, is suspended and comes back."""
    sh.run("env PS1=INNER= bash --norc --noprofile -i")
    sh.until("bash --norc")
    sh.until("INNER=")
    sh.keys("sleep 100\n")
    time.sleep(0.4)
    sh.keys("\x1a")
    told = ["Stopped" if "Stopped" in sh.until("INNER=") else "lost"]
    sh.keys("kill %1; suspend\n")
    sh.until(PROMPT)
    told.append(sh.state())
    sh.keys("fg\n")
    sh.until("bash --norc")
    time.sleep(0.3)
    sh.keys("echo back-$((1+1))\n")
    sh.until("back-2")
    sh.keys("exit 9\n")
    sh.until(PROMPT)
    return told + [sh.status()]


def a_pipe_behind(sh):
    sh.run("./program 20 | cat")
    sh.until("READY")
    sh.keys("\x1a")
    sh.until(PROMPT)
    told = [sh.state()]
    sh.keys("fg\n")
    sh.until("cat")
    time.sleep(0.3)
    sh.keys("\x03")
    sh.until(PROMPT)
    return told + [sh.line("jobs").count("[") and "left" or "gone"]


def loop_ended_by_a_key(sh):
    """A shell ends its loop where it sees that Ctrl-C was its command's death."""
    sh.keys("for i in 1 2; do %ssh -c 'echo BE''GUN; exec sleep 20'; echo round; done\n" % sh.prefix)
    sh.until("BEGUN")
    time.sleep(0.3)
    sh.keys("\x03")
    told = [str(sh.until(PROMPT).count("round\r\n"))]
    return told + [sh.status()]


STORIES = (keys, loop_ended_by_a_key, reads_in_background, writes_in_background, stops_itself,
           continued_from_outside, shell_inside, a_pipe_behind,
           group_signals_come_once)


def main():
    prefix = " ".join(sys.argv[1:])
    for story in STORIES:
        sh = Shell(prefix + " " if prefix else "")
        print(story.__name__, *story(sh), flush=True)
        os.close(sh.fd)


main()
