/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Which benchmark to run, in how many rounds, and settings of a smaller or larger run than the usual one. */
final class BenchSettings {
    private final Map<String, String[]> values = new LinkedHashMap<>();
    private String benchmark = "spectrum";
    private int rounds = 3;

    private BenchSettings() {}

    /** Reads a name, a number of rounds and any {@code setting=value,value}, all optional and separated by spaces. */
    static BenchSettings parse(String[] args) {
        BenchSettings settings = new BenchSettings();
        for (String word :
                Arrays.stream(args).collect(Collectors.joining(" ")).trim().split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.values.put(
                        word.substring(0, equals), word.substring(equals + 1).split(","));
            } else if (word.matches("[0-9]+")) {
                settings.rounds = Integer.parseInt(word);
            } else if (!word.isEmpty()) {
                settings.benchmark = word;
            }
        }
        return settings;
    }

    String benchmark() {
        return benchmark;
    }

    int rounds() {
        return rounds;
    }

    /** Length of an iteration of JMH: an invocation that takes longer is the only one of its iteration. */
    int seconds(int usual) {
        return values.containsKey("seconds") ? Integer.parseInt(values.get("seconds")[0]) : usual;
    }

    /** Values of JMH's parameters in place of the benchmark's own; JMH passes over names a benchmark does not have. */
    Map<String, String[]> parameters() {
        Map<String, String[]> parameters = new LinkedHashMap<>(values);
        parameters.remove("seconds");
        return parameters;
    }
}
