/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static com.google.common.base.Preconditions.checkArgument;

/** What the command line asked for. */
final class DemoSettings {

    /** How much to train. */
    enum Size {
        /** A smoke test: less than a minute. */
        SMALL,
        /** The demo proper: less than three minutes on two cores. */
        FULL
    }

    private final String section;
    private final Path data;
    private final Size size;
    private final Path report;

    private DemoSettings(String section, Path data, Size size, Path report) {
        this.section = section;
        this.data = data;
        this.size = size;
        this.report = report;
    }

    static DemoSettings parse(String[] args, Set<String> sections) {
        Map<String, String> options = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            checkArgument(
                    arg.startsWith("--") && equals > 0,
                    "option must look like --section=NAME, --data=PATH, --size=small|full or --report=PATH, got '%s'",
                    arg);
            options.put(arg.substring(2, equals), arg.substring(equals + 1));
        }
        String section = options.getOrDefault("section", "tempbalance");
        checkArgument(sections.contains(section), "demo.section must be one of %s, got '%s'", sections, section);
        String size = options.getOrDefault("size", "full");
        checkArgument(
                "small".equals(size) || "full".equals(size), "demo.size must be 'small' or 'full', got '%s'", size);
        String data = options.getOrDefault("data", "");
        return new DemoSettings(
                section,
                data.isEmpty() ? null : Paths.get(data),
                "small".equals(size) ? Size.SMALL : Size.FULL,
                Paths.get(options.getOrDefault("report", "target/report")));
    }

    String section() {
        return section;
    }

    /** Folder with MNIST or CIFAR-10; empty for the images the demo draws. */
    Optional<Path> data() {
        return Optional.ofNullable(data);
    }

    Size size() {
        return size;
    }

    Path report() {
        return report;
    }
}
