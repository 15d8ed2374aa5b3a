/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;

import static com.google.common.base.Preconditions.checkArgument;

/** What the command line asked for. */
final class DemoSettings {

    /** How much to train. */
    enum Size {
        /** A smoke test: less than a minute a section. */
        SMALL,
        /** The demo proper: about three minutes a section on two cores. */
        FULL
    }

    private static final String ALL = "all";

    private final ImmutableList<String> sections;
    private final Path data;
    private final Size size;
    private final int seeds;
    private final Path report;

    private DemoSettings(ImmutableList<String> sections, Path data, Size size, int seeds, Path report) {
        this.sections = sections;
        this.data = data;
        this.size = size;
        this.seeds = seeds;
        this.report = report;
    }

    static DemoSettings parse(String[] args, Set<String> sections) {
        Map<String, String> options = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            checkArgument(
                    arg.startsWith("--") && equals > 0,
                    "option must look like --section=NAME, --data=PATH, --size=small|full, --seeds=N or --report=PATH,"
                            + " got '%s'",
                    arg);
            options.put(arg.substring(2, equals), arg.substring(equals + 1));
        }
        String section = options.getOrDefault("section", ALL);
        checkArgument(
                section.equals(ALL) || sections.contains(section),
                "demo.section must be '%s' or one of %s, got '%s'",
                ALL,
                sections,
                section);
        String size = options.getOrDefault("size", "full");
        checkArgument(
                "small".equals(size) || "full".equals(size), "demo.size must be 'small' or 'full', got '%s'", size);
        String data = options.getOrDefault("data", "");
        return new DemoSettings(
                section.equals(ALL) ? ImmutableList.copyOf(sections) : ImmutableList.of(section),
                data.isEmpty() ? null : Paths.get(data),
                "small".equals(size) ? Size.SMALL : Size.FULL,
                seeds(options.getOrDefault("seeds", "1")),
                Paths.get(options.getOrDefault("report", "target/report")));
    }

    private static int seeds(String text) {
        Integer seeds = Ints.tryParse(text);
        checkArgument(
                seeds != null && seeds >= 1,
                "demo.seeds must be a whole number >= 1, got '%s'; it says how often the comparison is repeated",
                text);
        return seeds;
    }

    /** Names of the sections to run, in the order of the page. */
    ImmutableList<String> sections() {
        return sections;
    }

    /** Folder with MNIST or CIFAR-10; empty for the images the demo draws. */
    Optional<Path> data() {
        return Optional.ofNullable(data);
    }

    Size size() {
        return size;
    }

    /** How often a comparison is repeated, each time under another seed; at least 1. */
    int seeds() {
        return seeds;
    }

    Path report() {
        return report;
    }
}
