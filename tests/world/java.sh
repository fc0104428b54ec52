#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# javac and java: threads, a socket, a process, a garbage collector at work.
# NEEDS javac=default-jdk-headless java=default-jre-headless
[ "$1" = prepare ] && cat >App.java <<'EOF' && exit
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;

public class App {
	public static void main(String[] args) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8);
		List<Future<Integer>> all = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			final int n = i;
			all.add(pool.submit(() -> {
				List<byte[]> heap = new ArrayList<>();
				for (int k = 0; k < 200; k++)
					heap.add(new byte[10000]);
				return n * n + heap.size();
			}));
		}
		int sum = 0;
		for (Future<Integer> f : all)
			sum += f.get();
		System.out.println("sum " + sum);
		ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		Future<String> line = pool.submit(() -> new BufferedReader(new InputStreamReader(
			server.accept().getInputStream())).readLine());
		try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
			s.getOutputStream().write("over the wire\n".getBytes());
		}
		System.out.println(line.get());
		System.out.println(new ProcessBuilder("sh", "-c", "exit 9").start().waitFor());
		System.out.println(new File("/etc/passwd").length() > 0);
		pool.shutdown();
		System.exit(3);
	}
}
EOF
javac App.java && java -XX:+UseG1GC -Xmx64m App
