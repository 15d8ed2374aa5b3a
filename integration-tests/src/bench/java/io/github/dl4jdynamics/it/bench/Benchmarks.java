/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.io.IOException;

import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs benchmarks in rounds and prints ratios.
 *
 * <p>Machines drift, so a round runs every benchmark once, in a JVM of its own, and a ratio is taken within a round; the
 * table gives the median ratio over the rounds and its range. Where candidates take turns within an invocation, ratios are
 * of sums.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * @param args which benchmark ("spectrum", the default, "overhead", "ghostbn", "cnn", "memory", "lca", "eigen" or one of
     *     its parts, see {@link EigenBenchmarks}), the number of rounds (default 3), and for "eigen" settings such as {@code
     *     n=128,4096 seconds=1}
     */
    public static void main(String[] args) throws RunnerException, IOException {
        BenchSettings settings = BenchSettings.parse(args);
        int rounds = settings.rounds();
        switch (settings.benchmark()) {
            case "overhead":
                OverheadBenchmark.run(rounds);
                return;
            case "ghostbn":
                GhostNormBenchmark.run(rounds);
                return;
            case "cnn":
                CnnStepBenchmark.run(rounds);
                return;
            case "lca":
                LcaBenchmark.run(rounds);
                LcaMemoryBenchmark.run();
                return;
            case "eigen":
            case "eigen-size":
            case "eigen-rank":
            case "eigen-autoencoder":
            case "eigen-page":
                EigenBenchmarks.run(settings);
                return;
            case "memory":
                MemoryBenchmark.run();
                return;
            default:
                SpectrumBenchmark.run(rounds);
        }
    }
}
