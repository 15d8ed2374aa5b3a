/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.lca.LossChangeAllocationBuilder;
import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Peak of the resident memory that the listener adds to training, in parameter vectors of a network of 20 million
 * parameters and hardly any activations; each case in a JVM of its own, on Linux.
 */
public final class LcaMemoryBenchmark {
    private static final String[][] CASES = {
        {"trapezoid", "6"},
        {"adaptive to Simpson/8", "6"},
        {"counts", "8"},
        {"validation", "9"},
        {"3 classes", "12"},
        {"3 directions", "12"}
    };

    private LcaMemoryBenchmark() {}

    static void run() {
        Table.Builder table = Table.builder("case", "peak in parameter vectors", "bound");
        for (String[] one : CASES) {
            table.row(one[0], inOwnJvm(one[0]), one[1]);
        }
        System.out.println(table.build());
    }

    /** @param args the case */
    public static void main(String[] args) throws Exception {
        MultiLayerNetwork net = LcaNetworks.network("wide");
        DataSet batch = LcaNetworks.images(3);
        LossChangeAllocationListener lca = builder(args[0], net).build();
        for (int i = 0; i < 3; i++) {
            net.fit(batch);
        }
        settle();
        long before = status("VmRSS");
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        net.addListeners(lca);
        for (int i = 0; i < 4; i++) {
            net.fit(batch);
        }
        System.out.println("EXTRA " + (status("VmHWM") - before) * 1024.0 / (4.0 * net.numParams()));
    }

    private static LossChangeAllocationBuilder builder(String what, MultiLayerNetwork net) {
        LossData data = LossData.of(LcaNetworks.images(3));
        LossChangeAllocationBuilder builder =
                LossChangeAllocationListener.builder(data).counts(false).failFast(true).rule(PathRules.trapezoid());
        switch (what) {
            case "adaptive to Simpson/8":
                return builder.rule(PathRules.adaptive(0, 1e-30, 8));
            case "counts":
                return builder.counts(true);
            case "validation":
                return builder.validation(LossData.of(LcaNetworks.images(3)));
            case "3 classes":
                return builder.perClass(true);
            case "3 directions":
                INDArray basis = Nd4j.zeros(DataType.FLOAT, 3, net.numParams());
                for (int i = 0; i < 3; i++) {
                    basis.putScalar(i, i, 1);
                }
                return builder.basis(basis);
            default:
                return builder;
        }
    }

    private static void settle() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(300);
        }
    }

    /** In KiB. */
    private static long status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double inOwnJvm(String one) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx3g",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LcaMemoryBenchmark.class.getName(),
                            one)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Double.parseDouble(output.substring(output.indexOf("EXTRA ") + 6).trim().split("\\s")[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
