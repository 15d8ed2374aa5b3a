/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgesdd_work;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssyevd_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** LAPACK and nothing else: buffers allocated before, slices already in native memory, no fit. */
final class BareLoop {
    private final List<Slice> slices;
    private final int largestN;
    private final long largest;
    private final Buffers[] buffers;
    private final ExecutorService threads;

    BareLoop(List<Slice> slices, int threadCount) {
        this.slices = slices;
        this.largestN = slices.stream().mapToInt(slice -> slice.n).max().orElse(1);
        this.largest = slices.stream().mapToLong(slice -> (long) slice.n * slice.k).max().orElse(1);
        this.buffers = new Buffers[threadCount];
        for (int i = 0; i < threadCount; i++) {
            buffers[i] = new Buffers();
        }
        this.threads = Executors.newFixedThreadPool(threadCount, body -> {
            Thread thread = new Thread(body);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** {@code syrk} and {@code syevd 'N'} in double. */
    double gramDouble() throws Exception {
        return run((slice, own) -> {
            cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, slice.n, slice.k, 1, slice.doubles, slice.k, 0, own.gram, slice.n);
            check(LAPACKE_dsyevd_work(
                    LAPACK_COL_MAJOR, (byte) 'N', (byte) 'U', slice.n, own.gram, slice.n, own.values, own.work, own.length, own.integers, 1));
            return own.values.get(slice.n - 1);
        });
    }

    /** The same in float. */
    double gramFloat() throws Exception {
        return run((slice, own) -> {
            cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, slice.n, slice.k, 1, slice.floats, slice.k, 0, own.gramF, slice.n);
            check(LAPACKE_ssyevd_work(
                    LAPACK_COL_MAJOR, (byte) 'N', (byte) 'U', slice.n, own.gramF, slice.n, own.valuesF, own.workF, own.length, own.integers, 1));
            return own.valuesF.get(slice.n - 1);
        });
    }

    /** {@code sgesdd 'N'}, which the released code's {@code svdvals} ends in; destroys its input, hence the copy. */
    double singularFloat() throws Exception {
        return run((slice, own) -> {
            Pointer.memcpy(own.matrixF, slice.floats, (long) slice.n * slice.k * Float.BYTES);
            check(LAPACKE_sgesdd_work(
                    LAPACK_COL_MAJOR, (byte) 'N', slice.k, slice.n, own.matrixF, slice.k, own.valuesF, null, slice.k, null, slice.n,
                    own.workF, own.length, own.integers));
            return own.valuesF.get(0);
        });
    }

    private double run(Body body) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Future<Double>> parts = new ArrayList<>();
        for (Buffers own : buffers) {
            parts.add(threads.submit(() -> {
                double sum = 0;
                for (int i = next.getAndIncrement(); i < slices.size(); i = next.getAndIncrement()) {
                    sum += body.run(slices.get(i), own);
                }
                return sum;
            }));
        }
        double sum = 0;
        for (Future<Double> part : parts) {
            sum += part.get();
        }
        return sum;
    }

    private static void check(int info) {
        if (info != 0) {
            throw new IllegalStateException("LAPACK info " + info);
        }
    }

    private interface Body {
        double run(Slice slice, Buffers own);
    }

    private final class Buffers {
        final DoublePointer gram = new DoublePointer((long) largestN * largestN);
        final FloatPointer gramF = new FloatPointer((long) largestN * largestN);
        final FloatPointer matrixF = new FloatPointer(largest);
        final DoublePointer values = new DoublePointer(largestN);
        final FloatPointer valuesF = new FloatPointer(largestN);
        final int length = 64 * largestN + 4 * (int) Math.min(largest, 1 << 20);
        final DoublePointer work = new DoublePointer(length);
        final FloatPointer workF = new FloatPointer(length);
        final IntPointer integers = new IntPointer(8L * largestN + 10);
    }
}
