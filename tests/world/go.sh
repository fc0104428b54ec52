#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A static Go program: goroutines, a server on loopback, children, signals.
# NEEDS go=golang-go
if [ "$1" = prepare ]; then
	cat >main.go <<'EOF'
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { fmt.Fprintln(c, "hello"); c.Close() }()
		}
	}()
	var wg sync.WaitGroup
	var mu sync.Mutex
	lines, children := 0, 0
	for i := 0; i < 100; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			c, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(c).ReadString('\n')
			_, ferr := os.ReadFile("/etc/passwd")
			mu.Lock()
			defer mu.Unlock()
			if line == "hello\n" && ferr == nil {
				lines++
			}
			if i%10 == 0 && exec.Command("true").Run() == nil {
				children++
			}
		}(i)
	}
	wg.Wait()
	fmt.Println(lines, "lines,", children, "children")
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	select {
	case s := <-ch:
		fmt.Println(s)
	case <-time.After(10 * time.Second):
		fmt.Println("no signal")
	}
	os.Exit(7)
}
EOF
	GOCACHE=$PWD/cache CGO_ENABLED=0 GO111MODULE=off GOFLAGS='' go build -o app main.go && rm -rf cache
	exit
fi
./app
