/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;

import io.github.dl4jdynamics.spectral.math.ConvolutionWindows;
import io.github.dl4jdynamics.spectral.math.EsdEstimator;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.WholeMatrixEsd;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import io.github.dl4jdynamics.spectral.report.Table;
import io.github.dl4jdynamics.spectral.weights.SpectrumReport;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;

/** A full pass over ResNet-18, weights to alphas, against LAPACK alone on the same slices and threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SpectrumBenchmark {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private ComputationGraph net;
    private BareLoop shared;
    private BareLoop sequential;
    private BareLoop divisions;
    private BareLoop windows;
    private final WeightSpectrumAnalyzer wholeDouble = analyzer(new WholeMatrixEsd(), DataType.DOUBLE);
    private final WeightSpectrumAnalyzer wholeFloat = analyzer(new WholeMatrixEsd(), DataType.FLOAT);
    private final WeightSpectrumAnalyzer farms = analyzer(FarmsEsd.reference(), DataType.DOUBLE);
    private final WeightSpectrumAnalyzer farmsWindows = analyzer(
            FarmsEsd.builder().convolutions(ConvolutionWindows.LINEAR).build(), DataType.DOUBLE);

    private static WeightSpectrumAnalyzer analyzer(EsdEstimator esd, DataType precision) {
        return WeightSpectrumAnalyzer.builder()
                .esd(esd)
                .fit(MedianFit.released())
                .zeroThreshold(0)
                .minEigenvalues(0)
                .metrics(EnumSet.of(SpectrumMetric.ALPHA, SpectrumMetric.STANDARD_ERROR))
                .solver(GramSpectra.builder().precision(precision).threads(THREADS).build())
                .build();
    }

    @Setup
    public void prepare() {
        net = ResNet18.create();
        shared = new BareLoop(Slice.of(net), THREADS);
        sequential = new BareLoop(Slice.of(net), 1);
        divisions = new BareLoop(Slice.divisions(net), THREADS);
        windows = new BareLoop(Slice.windows(net, 100, 9), THREADS);
    }

    @Benchmark
    public SpectrumReport passDouble() {
        return wholeDouble.analyze(net);
    }

    @Benchmark
    public SpectrumReport passFloat() {
        return wholeFloat.analyze(net);
    }

    @Benchmark
    public SpectrumReport passFarms() {
        return farms.analyze(net);
    }

    @Benchmark
    public SpectrumReport passFarmsWindows() {
        return farmsWindows.analyze(net);
    }

    @Benchmark
    public double bareGramDouble() throws Exception {
        blas_set_num_threads(1);
        return shared.gramDouble();
    }

    @Benchmark
    public double bareGramFloat() throws Exception {
        blas_set_num_threads(1);
        return shared.gramFloat();
    }

    @Benchmark
    public double bareFarms() throws Exception {
        blas_set_num_threads(1);
        return divisions.gramDouble();
    }

    @Benchmark
    public double bareFarmsWindows() throws Exception {
        blas_set_num_threads(1);
        return windows.gramDouble();
    }

    @Benchmark
    public double sequentialGesddOneThread() throws Exception {
        blas_set_num_threads(1);
        return sequential.singularFloat();
    }

    @Benchmark
    public double sequentialGesddTwoThreads() throws Exception {
        blas_set_num_threads(2);
        return sequential.singularFloat();
    }

    static void run(int rounds) throws RunnerException {
        Rounds times = new Rounds(SpectrumBenchmark.class, rounds, 2);
        times.fastest("fastest sequential sgesdd", "sequentialGesddOneThread", "sequentialGesddTwoThreads");
        Table.Builder table = Table.builder("pass", "against", "median ratio", "", "range", "bound");
        times.row(table, "passDouble", "bareGramDouble", "<= 1.15");
        times.row(table, "passDouble", "fastest sequential sgesdd", "<= 0.8");
        times.row(table, "passFloat", "bareGramFloat", "<= 1.15");
        times.row(table, "passFloat", "fastest sequential sgesdd", "<= 0.5");
        times.row(table, "passFarms", "bareFarms", "<= 1.3");
        times.row(table, "passFarmsWindows", "bareFarmsWindows", "");
        System.out.println(table.build());
        times.printTimes();
        System.out.printf(
                Locale.ROOT, "largest relative deviation of alpha, float: %.2e%n", alphaDeviationOfFloat());
    }

    /** The largest relative deviation of a float alpha from the double one. */
    private static double alphaDeviationOfFloat() {
        SpectrumBenchmark state = new SpectrumBenchmark();
        ComputationGraph net = ResNet18.create();
        SpectrumReport wide = state.wholeDouble.analyze(net);
        SpectrumReport narrow = state.wholeFloat.analyze(net);
        double largest = 0;
        for (int i = 0; i < wide.layers().size(); i++) {
            double alpha = wide.layers().get(i).alpha();
            if (!Double.isNaN(alpha)) {
                largest = Math.max(largest, Math.abs(narrow.layers().get(i).alpha() / alpha - 1));
            }
        }
        return largest;
    }
}
