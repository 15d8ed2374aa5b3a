/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import org.nd4j.linalg.api.buffer.DataType;

/** One run of {@link GramSpectra} over a list of matrices. */
final class SpectrumPass {

    /**
     * Larger Gram matrices run alone on LAPACK. From here on two BLAS threads do as much as two Java threads, for
     * memory limits both, and the last matrix of a list does not keep the others waiting.
     */
    static final int LARGE_ORDER = 1024;
    /** OpenBLAS has packing buffers for 128 concurrent calls and ends the process when they run out. */
    private static final int MAX_THREADS = 64;

    private final List<MatrixView> matrices;
    private final KernelBackend backend;
    private final DataType precision;
    private final GramSpectrum[] spectra;

    SpectrumPass(List<MatrixView> matrices, KernelBackend backend, DataType precision) {
        this.matrices = ImmutableList.copyOf(matrices);
        this.backend = backend;
        this.precision = precision;
        this.spectra = new GramSpectrum[this.matrices.size()];
    }

    List<GramSpectrum> run(int threads) {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < matrices.size(); i++) {
            tasks.add(new Task(i, matrices.get(i)));
        }
        tasks.sort(Comparator.comparingDouble((Task task) -> -task.shape.cost()));
        Map<Boolean, List<Task>> parts = tasks.stream().collect(Collectors.partitioningBy(this::runsAlone));
        List<Task> small = parts.get(false);
        if (!small.isEmpty()) {
            shareOut(small, Math.min(Math.min(threads, MAX_THREADS), small.size()));
        }
        for (Task task : parts.get(true)) {
            compute(List.of(task), new AtomicInteger());
        }
        return ImmutableList.copyOf(spectra);
    }

    private boolean runsAlone(Task task) {
        return backend == KernelBackend.LAPACK && task.shape.n > LARGE_ORDER;
    }

    private void shareOut(List<Task> tasks, int threads) {
        AtomicInteger next = new AtomicInteger();
        Runnable body = () -> compute(tasks, next);
        switch (backend) {
            case LAPACK:
                BlasThreads one = BlasThreads.limit(1);
                try {
                    Workers.run(BlasThreads.current() == 1 ? threads : 1, body);
                } finally {
                    one.close();
                }
                break;
            case ND4J:
                body.run();
                break;
            default:
                Workers.run(threads, body);
        }
    }

    /** Takes tasks until none is left. */
    private void compute(List<Task> tasks, AtomicInteger next) {
        List<Task> reduced = new ArrayList<>();
        List<Tridiagonal> tridiagonals = new ArrayList<>();
        try (GramReduction reduction = reduction(tasks)) {
            for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
                Task task = tasks.get(i);
                Tridiagonal tridiagonal = reduction.reduce(task.matrix);
                if (tridiagonal == null) {
                    spectra[task.index] = GramSpectrum.unusable(whyNotFinite(task.matrix));
                    continue;
                }
                reduced.add(task);
                tridiagonals.add(tridiagonal);
                if (tridiagonals.size() == TridiagonalValues.LANES) {
                    solve(reduced, tridiagonals);
                }
            }
            solve(reduced, tridiagonals);
        }
    }

    private void solve(List<Task> reduced, List<Tridiagonal> tridiagonals) {
        List<double[]> values = TridiagonalValues.of(tridiagonals);
        for (int i = 0; i < values.size(); i++) {
            spectra[reduced.get(i).index] = GramSpectrum.of(values.get(i));
        }
        reduced.clear();
        tridiagonals.clear();
    }

    private GramReduction reduction(List<Task> tasks) {
        switch (backend) {
            case LAPACK:
                List<WideMatrix> shapes = tasks.stream().map(task -> task.shape).collect(Collectors.toList());
                return precision == DataType.FLOAT
                        ? new LapackGram<>(new FloatLapack(), shapes)
                        : new LapackGram<>(new DoubleLapack(), shapes);
            case ND4J:
                return new Nd4jGram();
            default:
                return new JavaGram();
        }
    }

    private String whyNotFinite(MatrixView matrix) {
        double largest = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.cols(); j++) {
                double entry = matrix.get(i, j);
                if (!Double.isFinite(entry)) {
                    return Strings.lenientFormat(
                            "matrix of %s x %s is not finite: entry (%s, %s) is %s",
                            matrix.rows(), matrix.cols(), i, j, entry);
                }
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        return Strings.lenientFormat(
                "squares of a matrix of %s x %s overflow in %s: its largest entry is %s; divide it by a constant",
                matrix.rows(), matrix.cols(), precision, largest);
    }

    private static final class Task {
        final int index;
        final MatrixView matrix;
        final WideMatrix shape;

        Task(int index, MatrixView matrix) {
            this.index = index;
            this.matrix = matrix;
            this.shape = new WideMatrix(matrix);
        }
    }
}
