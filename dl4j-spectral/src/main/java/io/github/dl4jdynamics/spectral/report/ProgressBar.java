/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.Flushable;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

import com.google.common.base.Strings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Shows on one line how far a training run is.
 *
 * <pre>{@code
 * epoch  3/10 [==========>         ]  54 % loss 1.23 acc 0.61 ETA 12 s
 * }</pre>
 *
 * <p>On a terminal the line is redrawn in place, at most ten times a second; elsewhere (a log file, a build server) a
 * new line is written at most every ten seconds. Off unless asked for: {@link #off()} does nothing. If the output
 * fails, the bar logs that once and stays silent; training goes on. For one thread.
 */
public final class ProgressBar {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressBar.class);
    private static final int WIDTH = 20;
    private static final double NANOS = 1e9;

    private Appendable out;
    private final boolean terminal;
    private final int epochs;
    private final LongSupplier nanoClock;
    private final long started;
    private final double firstEpochs;
    private long drawn;
    private boolean open;
    private String last = "";
    private String pending;

    private ProgressBar(Builder builder) {
        out = builder.out;
        terminal = builder.terminal;
        epochs = builder.epochs;
        nanoClock = builder.nanoClock;
        firstEpochs = builder.epochsDone;
        started = nanoClock.getAsLong();
    }

    /**
     * A bar that shows nothing, the default everywhere.
     *
     * @return the bar
     */
    public static ProgressBar off() {
        return new ProgressBar(new Builder(null, 1));
    }

    /**
     * Asks for a bar.
     *
     * @param out receives the text; flushed if it can be, never closed
     * @param epochs epochs of the whole run, at least 1
     * @return a builder
     * @throws IllegalArgumentException if epochs is not positive
     */
    public static Builder builder(Appendable out, int epochs) {
        checkArgument(out != null, "output of ProgressBar must be set; use ProgressBar.off() for none");
        checkArgument(epochs >= 1, "epochs of ProgressBar must be >= 1, got %s", epochs);
        return new Builder(out, epochs);
    }

    /**
     * Reports where training is.
     *
     * @param epochsDone epochs finished, with the part of the running one: 2.54 is 54 % of the third
     * @param figures shown with their names, in the map's order, to four digits
     */
    public void update(double epochsDone, Map<String, ? extends Number> figures) {
        if (out == null) {
            return;
        }
        long now = nanoClock.getAsLong();
        pending = line(epochsDone, figures, now);
        double wait = terminal ? 0.1 : 10;
        if (last.isEmpty() || now - drawn >= wait * NANOS) {
            draw(now);
        }
    }

    /** Shows the last report, if it is not on show yet, and ends the line. */
    public void finish() {
        if (out != null && pending != null) {
            draw(nanoClock.getAsLong());
        }
        if (open) {
            write(System.lineSeparator());
            open = false;
        }
        last = "";
    }

    private void draw(long now) {
        String text = pending;
        pending = null;
        drawn = now;
        if (terminal) {
            open = true;
            write("\r" + Strings.padEnd(text, last.length(), ' '));
        } else {
            write(text + System.lineSeparator());
        }
        last = text;
    }

    private void write(String text) {
        if (out == null) {
            return;
        }
        try {
            out.append(text);
            if (out instanceof Flushable) {
                ((Flushable) out).flush();
            }
        } catch (IOException e) {
            out = null;
            LOG.warn("Progress can no longer be shown, its output failed; training goes on", e);
        }
    }

    private String line(double epochsDone, Map<String, ? extends Number> figures, long now) {
        double done = Math.max(0, Math.min(epochs, epochsDone));
        int epoch = Math.max(1, (int) Math.ceil(done));
        double part = done - (epoch - 1);
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "epoch %" + Integer.toString(epochs).length() + "d/%d [", epoch, epochs));
        // 2.54 - 2 is a little less than 0.54.
        int percent = (int) (100 * part + 1e-6);
        int filled = percent * WIDTH / 100;
        text.append(Strings.repeat("=", filled))
                .append(filled < WIDTH ? ">" : "")
                .append(Strings.repeat(" ", Math.max(0, WIDTH - filled - 1)))
                .append(String.format(Locale.ROOT, "] %3d %%", percent));
        figures.forEach(
                (name, value) -> text.append(' ').append(name).append(' ').append(ColumnFormat.significant(value)));
        if (done > firstEpochs && done < epochs) {
            double perEpoch = (now - started) / NANOS / (done - firstEpochs);
            text.append(" ETA ").append(duration(perEpoch * (epochs - done)));
        }
        return text.toString();
    }

    private static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
    }

    /** Collects the settings of a {@link ProgressBar}. */
    public static final class Builder {
        private final Appendable out;
        private final int epochs;
        private boolean terminal;
        private double epochsDone;
        private LongSupplier nanoClock = System::nanoTime;

        private Builder(Appendable out, int epochs) {
            this.out = out;
            this.epochs = epochs;
        }

        /**
         * Whether the output understands a carriage return. Default false (ours: plain lines are readable everywhere);
         * {@code System.console() != null} is a good guess.
         *
         * @param terminal true to redraw one line
         * @return this
         */
        public Builder terminal(boolean terminal) {
            this.terminal = terminal;
            return this;
        }

        /**
         * Epochs that a resumed run has behind it, so that the time left is right. Default 0.
         *
         * @param epochsDone epochs finished before
         * @return this
         */
        public Builder resumedAfter(double epochsDone) {
            this.epochsDone = epochsDone;
            return this;
        }

        /**
         * The clock, for repeatable tests. Default {@link System#nanoTime}.
         *
         * @param nanoClock nanoseconds since any origin
         * @return this
         */
        public Builder nanoClock(LongSupplier nanoClock) {
            this.nanoClock = nanoClock;
            return this;
        }

        /**
         * Makes the bar; the run starts now.
         *
         * @return the bar
         */
        public ProgressBar build() {
            return new ProgressBar(this);
        }
    }
}
