/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.util.Map;

import com.google.common.collect.ImmutableMap;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProgressBarTest {
    private static final long MILLIS = 1_000_000L;
    private static final String LINE = System.lineSeparator();

    private final StringBuilder out = new StringBuilder();
    private long now = 77;

    @Test
    void update_firstTime_showsEverything() {
        ProgressBar bar = bar(10, false);
        now += 2_540 * MILLIS;

        bar.update(2.54, ImmutableMap.of("loss", 1.23456, "acc", 0.61));

        assertThat(out).hasToString("epoch  3/10 [==========>         ]  54 % loss 1.235 acc 0.61 ETA 7 s" + LINE);
    }

    @Test
    void update_boundaries_areTheEndOfTheEpochBefore() {
        assertThat(shown(0)).startsWith("epoch 1/3 [>                   ]   0 %" + LINE);
        assertThat(shown(1)).startsWith("epoch 1/3 [====================] 100 % ETA");
        assertThat(shown(3)).isEqualTo("epoch 3/3 [====================] 100 %" + LINE);
        assertThat(shown(99)).isEqualTo("epoch 3/3 [====================] 100 %" + LINE);
        assertThat(shown(-1)).startsWith("epoch 1/3 [>");
    }

    @Test
    void update_plainOutput_writesALineEveryTenSeconds() {
        ProgressBar bar = bar(10, false);
        for (int i = 0; i <= 250; i++) {
            bar.update(i / 100.0, Map.of());
            now += 100 * MILLIS;
        }
        bar.finish();

        assertThat(out.toString().split(LINE)).hasSize(4);
        assertThat(out.toString()).contains("epoch  3/10 [==========>         ]  50 %");
    }

    @Test
    void update_terminal_redrawsInPlaceAndErasesTheRest() {
        ProgressBar bar = bar(1, true);
        bar.update(0.25, Map.of("loss", 1.2345));
        now += 50 * MILLIS;
        bar.update(0.3, Map.of("loss", 7));
        now += 50 * MILLIS;
        bar.update(0.5, Map.of("loss", 1));
        bar.finish();

        assertThat(out.toString())
                .isEqualTo("\repoch 1/1 [=====>              ]  25 % loss 1.234 ETA 0 s"
                        + "\repoch 1/1 [==========>         ]  50 % loss 1 ETA 0 s    "
                        + LINE);
    }

    @Test
    void update_longRuns_showMinutesAndHours() {
        ProgressBar bar = bar(1000, false);
        now += 65_000 * MILLIS;
        bar.update(500, Map.of());
        now += 100_000_000 * MILLIS;
        bar.update(501, Map.of());

        assertThat(out).contains("ETA 1 min 05 s").contains("ETA 27 h 41 min");
    }

    @Test
    void resumedAfter_countsOnlyTheNewEpochsForTheTimeLeft() {
        ProgressBar bar = ProgressBar.builder(out, 10)
                .nanoClock(() -> now)
                .resumedAfter(8)
                .build();
        now += 3_000 * MILLIS;

        bar.update(9, Map.of());

        assertThat(out).contains("ETA 3 s");
    }

    @Test
    void off_showsNothing() {
        ProgressBar bar = ProgressBar.off();

        bar.update(0.5, Map.of("loss", 1));
        bar.finish();

        assertThat(out).isEmpty();
    }

    @Test
    void update_failingOutput_isGivenUp() {
        int[] calls = {0};
        Appendable broken = new Appendable() {
            @Override
            public Appendable append(CharSequence text) throws IOException {
                calls[0]++;
                throw new IOException("pipe closed");
            }

            @Override
            public Appendable append(CharSequence text, int start, int end) throws IOException {
                return append(text);
            }

            @Override
            public Appendable append(char c) throws IOException {
                return append("");
            }
        };
        ProgressBar bar = ProgressBar.builder(broken, 2)
                .terminal(true)
                .nanoClock(() -> now)
                .build();

        for (int i = 0; i < 5; i++, now += 60_000 * MILLIS) {
            bar.update(i / 5.0, Map.of());
        }
        bar.finish();

        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void builder_badSettings_sayWhatAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProgressBar.builder(out, 0))
                .withMessage("epochs of ProgressBar must be >= 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProgressBar.builder(null, 3))
                .withMessage("output of ProgressBar must be set; use ProgressBar.off() for none");
    }

    private String shown(double epochsDone) {
        out.setLength(0);
        ProgressBar bar = bar(3, false);
        now += 1000 * MILLIS;
        bar.update(epochsDone, Map.of());
        return out.toString();
    }

    private ProgressBar bar(int epochs, boolean terminal) {
        return ProgressBar.builder(out, epochs)
                .terminal(terminal)
                .nanoClock(() -> now)
                .build();
    }
}
