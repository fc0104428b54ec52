/* SPDX-License-Identifier: Apache-2.0 */
/* A Java program of many threads that reads files. */
import java.nio.file.*;
import java.util.stream.*;

class OpenFiles {
	public static void main(String[] args) {
		long sum = IntStream.range(0, Integer.parseInt(args[0])).parallel().mapToLong(i -> {
			try {
				return Files.readAllBytes(Path.of("/etc/passwd")).length;
			} catch (java.io.IOException e) {
				throw new RuntimeException(e);
			}
		}).sum();
		System.out.println(sum);
	}
}
