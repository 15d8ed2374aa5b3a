/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.List;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A stretch of time in which OpenBLAS uses at most so many threads per call.
 *
 * <pre>{@code
 * try (BlasThreads one = BlasThreads.limit(1)) {
 *     ... // several Java threads may now call BLAS side by side
 * }
 * }</pre>
 *
 * <p>OpenBLAS has one thread count for the whole process, which ND4J's matrix products obey as well, and which changes
 * the last bits of their results. So the count is guarded here: the first stretch to open remembers it, while several
 * are open the smallest limit holds, and the last one to close puts the remembered count back. A count that somebody
 * else sets in between is lost.
 *
 * <p>Where several networks train in one process (ParallelWrapper, say) nobody should touch the count:
 * {@link #leaveAlone(boolean)}, or the system property {@value #PROPERTY} with the value {@code leave}, makes every
 * stretch opened from then on do nothing. The same holds where OpenBLAS is not present.
 *
 * @since 0.1.0
 */
public final class BlasThreads implements AutoCloseable {

    /** Name of the system property; the value {@code leave} means hands off. */
    public static final String PROPERTY = "dl4jdynamics.blasThreads";

    private static final Object LOCK = new Object();
    private static final List<BlasThreads> OPEN = new ArrayList<>();
    private static volatile boolean handsOff;
    private static int remembered;

    private final int count;

    private BlasThreads(int count) {
        this.count = count;
    }

    /**
     * Opens a stretch with at most {@code count} threads per BLAS call. Close it in {@code finally}; closing twice does
     * no harm, and any thread may close it.
     *
     * @throws IllegalArgumentException if {@code count < 1}
     */
    public static BlasThreads limit(int count) {
        checkArgument(count >= 1, "BLAS thread count must be at least 1, got %s; 1 means no threads of its own", count);
        BlasThreads stretch = new BlasThreads(count);
        if (handsOff || "leave".equalsIgnoreCase(System.getProperty(PROPERTY)) || !LapackProbe.isUsable()) {
            return stretch;
        }
        synchronized (LOCK) {
            if (OPEN.isEmpty()) {
                remembered = OpenBlas.threads();
            }
            OPEN.add(stretch);
            apply();
        }
        return stretch;
    }

    /** Threads that OpenBLAS uses per call at the moment, or 0 if OpenBLAS is not present. */
    public static int current() {
        return LapackProbe.isUsable() ? OpenBlas.threads() : 0;
    }

    /** Whether stretches opened from now on leave the count as it is; default no. The system property alone suffices. */
    public static void leaveAlone(boolean handsOff) {
        BlasThreads.handsOff = handsOff;
    }

    /** Ends the stretch. */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (OPEN.remove(this)) {
                apply();
            }
        }
    }

    @Override
    public String toString() {
        return "BlasThreads[limit " + count + "]";
    }

    private static void apply() {
        int wanted = remembered;
        for (BlasThreads stretch : OPEN) {
            wanted = Math.min(wanted, stretch.count);
        }
        OpenBlas.threads(wanted);
    }
}
