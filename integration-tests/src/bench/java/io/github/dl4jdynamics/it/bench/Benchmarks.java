/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs benchmarks in rounds and prints ratios.
 *
 * <p>Machines drift, so a round runs every benchmark once, in a JVM of its own, and a ratio is taken within a round; the
 * table gives the median ratio over the rounds and its range.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * @param args which benchmark ("spectrum", the default, "overhead", "ghostbn", "cnn", "memory", "lca" or "eigen"), and the number of
     *     rounds (default 3)
     */
    public static void main(String[] args) throws RunnerException {
        List<String> given = new ArrayList<>(Arrays.asList(args));
        given.removeIf(String::isEmpty);
        String which = given.isEmpty() ? "spectrum" : given.get(0);
        int rounds = given.size() > 1 ? Integer.parseInt(given.get(1)) : 3;
        switch (which) {
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
                EigenBenchmark.run(rounds);
                return;
            case "memory":
                MemoryBenchmark.run();
                return;
            default:
                SpectrumBenchmark.run(rounds);
        }
    }
}
