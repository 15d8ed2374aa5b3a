/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.nio.file.Paths;
import java.util.Set;

import com.google.common.collect.ImmutableSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DemoSettingsTest {
    private static final Set<String> SECTIONS = ImmutableSet.of("one", "two");

    @Test
    void parse_nothing_givesAllSectionsOnceInFull() {
        DemoSettings settings = parse();

        assertThat(settings.sections()).containsExactly("one", "two");
        assertThat(settings.data()).isEmpty();
        assertThat(settings.size()).isEqualTo(DemoSettings.Size.FULL);
        assertThat(settings.seeds()).isEqualTo(1);
        assertThat(settings.report()).isEqualTo(Paths.get("target/report"));
    }

    @Test
    void parse_everything_isTaken() {
        DemoSettings settings = parse("--section=two", "--data=a/b", "--size=small", "--seeds=5", "--report=c");

        assertThat(settings.sections()).containsExactly("two");
        assertThat(settings.data()).contains(Paths.get("a/b"));
        assertThat(settings.size()).isEqualTo(DemoSettings.Size.SMALL);
        assertThat(settings.seeds()).isEqualTo(5);
        assertThat(settings.report()).isEqualTo(Paths.get("c"));
    }

    @Test
    void parse_all_isEverySection() {
        assertThat(parse("--section=all").sections()).containsExactly("one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "two", "1.5", ""})
    void parse_seedsNotAPositiveNumber_isRefused(String seeds) {
        assertRefused(
                "--seeds=" + seeds,
                "demo.seeds must be a whole number >= 1, got '" + seeds
                        + "'; it says how often the comparison is repeated");
    }

    @Test
    void parse_unknownValues_areRefused() {
        assertRefused("--section=three", "demo.section must be 'all' or one of [one, two], got 'three'");
        assertRefused("--size=huge", "demo.size must be 'small' or 'full', got 'huge'");
        assertRefused(
                "small",
                "option must look like --section=NAME, --data=PATH, --size=small|full, --seeds=N or --report=PATH,"
                        + " got 'small'");
    }

    private static void assertRefused(String arg, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(arg)).withMessage(message);
    }

    private static DemoSettings parse(String... args) {
        return DemoSettings.parse(args, SECTIONS);
    }
}
