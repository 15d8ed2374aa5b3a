/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.concurrent.TimeUnit;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A refresh of a spectral penalty, gradient included, against LAPACK's decompositions and a product of two matrices.
 *
 * <p>All take turns within an invocation. 4096 takes some minutes per invocation, so it has to be asked for.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EigenBenchmark {
    static final int TOP = 32;

    @Param({"128", "256", "512", "1024", "2048"})
    public int n;

    private DriftingMatrix drifting;
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
        public long invocations;
    }

    @Setup
    public void prepare() {
        drifting = new DriftingMatrix(n);
        INDArray w = drifting.matrix();
        full = SpectralGradient.builder(SpectralPenalties.nuclearNorm()).build(w);
        top = SpectralGradient.builder(SpectralPenalties.kyFanNorm(TOP)).build(w);
        exact = new ExactSvd(n);
        full.refresh(w); // the first is a decomposition
        top.refresh(w);
    }

    @Benchmark
    public void refresh(Nanos nanos) {
        drifting.move();
        INDArray w = drifting.matrix();
        nanos.product += Turns.nanos(drifting::multiply);
        nanos.full += Turns.nanos(() -> drifting.refresh(full));
        nanos.top += Turns.nanos(() -> drifting.refresh(top));
        nanos.gesdd += Turns.nanos(() -> exact.gesdd(w));
        nanos.syevd += Turns.nanos(() -> exact.syevd(w));
        nanos.syevr += Turns.nanos(() -> exact.syevr(w, TOP));
        nanos.invocations++;
    }
}
