/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.report.Table;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A refresh of a spectral penalty, gradient included, against LAPACK's decompositions and a product of two matrices.
 *
 * <p>All take turns within an invocation, on a Gaussian matrix that moves by 0.3 % between invocations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EigenBenchmark {
    private static final int TOP = 32;
    private static final String[] NAMES = {"product", "full", "top", "gesdd", "syevd", "syevr"};

    @Param({"128", "256", "512", "1024", "2048"})
    public int n;

    private INDArray w;
    private INDArray product;
    private INDArray[] moves;
    private int invocation;
    private SpectralGradient full;
    private SpectralGradient top;
    private ExactSvd exact;

    /** Nanoseconds spent in each. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Nanos {
        public long product;
        public long full;
        public long top;
        public long gesdd;
        public long syevd;
        public long syevr;
    }

    @Setup
    public void prepare() {
        Nd4j.getRandom().setSeed(1);
        w = Nd4j.randn(DataType.FLOAT, n, n).divi(Math.sqrt(n)).dup('f');
        product = w.like();
        moves = new INDArray[7];
        for (int i = 0; i < moves.length; i++) {
            moves[i] = Nd4j.randn(DataType.FLOAT, n, n).muli(0.003 / Math.sqrt(n)).dup('f');
        }
        full = SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(w);
        top = SpectralGradient.builder(SpectralPenalties.kyFanNorm(TOP)).build(w);
        exact = new ExactSvd(n);
        full.refresh(w);
        top.refresh(w);
    }

    @Benchmark
    public void refresh(Nanos nanos) {
        w.addi(moves[invocation % moves.length]);
        if (invocation++ % moves.length == moves.length - 1) {
            for (INDArray move : moves) {
                move.negi(); // there and back, so that the matrix does not grow
            }
        }
        nanos.product += time(() -> Nd4j.gemm(w, w, product, false, false, 1, 0));
        nanos.full += time(() -> full.refresh(w));
        nanos.top += time(() -> top.refresh(w));
        nanos.gesdd += time(() -> exact.gesdd(w));
        nanos.syevd += time(() -> exact.syevd(w));
        nanos.syevr += time(() -> exact.syevr(w, TOP));
    }

    private static long time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    static void run(int rounds) throws RunnerException {
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            Runner runner = new Runner(new OptionsBuilder()
                    .include("\\." + EigenBenchmark.class.getSimpleName() + "\\.")
                    .forks(1)
                    .warmupIterations(2)
                    .warmupTime(TimeValue.seconds(5))
                    .measurementIterations(2)
                    .measurementTime(TimeValue.seconds(8))
                    .jvmArgsAppend("-Xmx3g")
                    .build());
            for (RunResult result : runner.run()) {
                double[] sum = sums.computeIfAbsent(result.getParams().getParam("n"), key -> new double[NAMES.length]);
                for (int i = 0; i < NAMES.length; i++) {
                    sum[i] += result.getSecondaryResults().get(NAMES[i]).getScore();
                }
            }
        }
        Table.Builder table = Table.builder(
                "n",
                "full / product",
                "top " + TOP + " / product",
                "gesdd / full",
                "syevd / full",
                "gesdd / top",
                "syevd / top",
                "syevr / top");
        sums.forEach((n, t) -> table.row(
                n,
                ratio(t[1], t[0]),
                ratio(t[2], t[0]),
                ratio(t[3], t[1]),
                ratio(t[4], t[1]),
                ratio(t[3], t[2]),
                ratio(t[4], t[2]),
                ratio(t[5], t[2])));
        System.out.println(table.build());
    }

    private static String ratio(double a, double b) {
        return String.format(Locale.ROOT, "%.2f", a / b);
    }
}
