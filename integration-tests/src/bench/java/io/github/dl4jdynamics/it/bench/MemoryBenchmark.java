/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory that training steps of the CNN of {@link CnnStepBenchmark} hold: workspaces, native memory that JavaCPP counts,
 * heap after a collection, and all the process has resident; each kind of normalisation in a JVM of its own.
 */
public final class MemoryBenchmark {

    private MemoryBenchmark() {}

    static void run() {
        Map<String, long[]> bytes = new TreeMap<>();
        for (String norm : new String[] {"stock", "32", "whole", "none"}) {
            bytes.put(norm, inOwnJvm(norm));
        }
        Table.Builder table = Table.builder("norm", "workspaces MB", "other native MB", "heap MB", "sum MB", "against stock", "resident MB");
        double stock = sum(bytes.get("stock"));
        bytes.forEach((norm, b) -> table.row(
                norm, megabytes(b[1]), megabytes(b[0]), megabytes(b[2]), megabytes(sum(b)), sum(b) / stock, megabytes(b[3])));
        System.out.println(table.build());
    }

    /** @param args the kind of normalisation */
    public static void main(String[] args) throws InterruptedException {
        CnnStepBenchmark training = new CnnStepBenchmark();
        training.norm = args[0];
        training.prepare();
        for (int i = 0; i < 12; i++) {
            training.step();
        }
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(300);
        }
        training.step();
        long workspaces = 0;
        for (MemoryWorkspace workspace : Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()) {
            workspaces += workspace.getCurrentSize();
        }
        long nativeBytes = Pointer.totalBytes();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.println(
                "BYTES " + nativeBytes + " " + workspaces + " " + (runtime.totalMemory() - runtime.freeMemory())
                + " " + Pointer.physicalBytes());
    }

    private static double sum(long[] bytes) {
        return bytes[0] + bytes[1] + bytes[2];
    }

    private static double megabytes(double bytes) {
        return Math.round(bytes / 1e5) / 10.0;
    }

    private static long[] inOwnJvm(String norm) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx3g",
                            "-cp",
                            System.getProperty("java.class.path"),
                            MemoryBenchmark.class.getName(),
                            norm)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String[] fields = output.substring(output.indexOf("BYTES ")).trim().split(" ");
            return new long[] {Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]), Long.parseLong(fields[4])};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
