/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory that training steps of the CNN of {@link CnnStepBenchmark} hold: workspaces, other native memory and heap after
 * a collection, each kind of normalisation in a JVM of its own.
 */
public final class MemoryBenchmark {

    private MemoryBenchmark() {}

    static void run() {
        Map<String, long[]> bytes = new TreeMap<>();
        for (String norm : new String[] {"stock", "32", "whole", "none"}) {
            bytes.put(norm, inOwnJvm(norm));
        }
        Table.Builder table = Table.builder("norm", "native MB", "of it workspaces", "heap MB", "sum MB", "against stock");
        double stock = bytes.get("stock")[0] + bytes.get("stock")[2];
        bytes.forEach((norm, b) -> table.row(
                norm,
                b[0] >> 20,
                b[1] >> 20,
                b[2] >> 20,
                (b[0] + b[2]) >> 20,
                String.format(Locale.ROOT, "%.3f", (b[0] + b[2]) / stock)));
        System.out.println(table.build());
    }

    /** @param args the kind of normalisation */
    public static void main(String[] args) throws InterruptedException {
        CnnStepBenchmark training = new CnnStepBenchmark();
        training.norm = args[0];
        training.prepare();
        long peak = 0;
        for (int i = 0; i < 12; i++) {
            training.step();
            peak = Math.max(peak, Pointer.totalBytes());
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
                "BYTES " + nativeBytes + " " + workspaces + " " + (runtime.totalMemory() - runtime.freeMemory()));
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
            return new long[] {Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3])};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
