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

/** As {@link EigenBenchmark}, for the k leading singular vectors of a matrix of one size. All take turns. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EigenRankBenchmark {

    @Param("1024")
    public int size;

    @Param({"1", "4", "8", "16", "32", "64", "128", "256"})
    public int k;

    private DriftingMatrix drifting;
    private SpectralGradient top;
    private ExactSvd exact;

    /** Nanoseconds spent in each. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Nanos {
        public long product;
        public long top;
        public long syevd;
        public long syevr;
        public long invocations;
    }

    @Setup
    public void prepare() {
        drifting = new DriftingMatrix(size);
        top = SpectralGradient.builder(SpectralPenalties.kyFanNorm(k)).build(drifting.matrix());
        exact = new ExactSvd(size);
        top.refresh(drifting.matrix()); // the first is a decomposition
    }

    @Benchmark
    public void refresh(Nanos nanos) {
        drifting.move();
        INDArray w = drifting.matrix();
        nanos.product += Turns.nanos(drifting::multiply);
        nanos.top += Turns.nanos(() -> drifting.refresh(top));
        nanos.syevd += Turns.nanos(() -> exact.syevd(w));
        nanos.syevr += Turns.nanos(() -> exact.syevr(w, k));
        nanos.invocations++;
    }
}
