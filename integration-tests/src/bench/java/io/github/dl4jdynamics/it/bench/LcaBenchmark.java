/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.Table;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
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
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What the listener takes per update, against the framework's own gradients over the same batches.
 *
 * <p>Both alternate within each invocation, so that a drift of the machine meets both; a ratio is of the sums over a second,
 * and the median is over all seconds of all rounds, a round being a JVM of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LcaBenchmark {
    private static final int ROWS = 1000;

    @Param({"mlp", "lenet", "cnn"})
    public String net;

    @Param({"trapezoid", "Simpson"})
    public String rule;

    private LossData data;
    private MultiLayerNetwork followed;
    private MultiLayerNetwork bare;
    private LossChangeAllocationListener lca;
    private INDArray[] points;
    private int invocation;

    /** Nanoseconds spent in each. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Nanos {
        public long listener;
        public long gradients;
    }

    @Setup
    public void prepare() {
        followed = LcaNetworks.network(net);
        bare = LcaNetworks.network(net);
        data = LossData.of(LcaNetworks.images(ROWS)).batches(250);
        lca = LossChangeAllocationListener.builder(data)
                .rule("trapezoid".equals(rule) ? PathRules.trapezoid() : PathRules.simpson())
                .failFast(true)
                .build();
        INDArray here = followed.params().dup();
        points = new INDArray[] {here, here.add(Nd4j.randn(DataType.FLOAT, here.length()).muli(1e-4))};
    }

    @Benchmark
    public void update(Nanos nanos) {
        boolean gradientsFirst = invocation++ % 2 == 0;
        if (gradientsFirst) {
            nanos.gradients += gradients();
        }
        nanos.listener += listener();
        if (!gradientsFirst) {
            nanos.gradients += gradients();
        }
    }

    /** As many as the rule needs. */
    private long gradients() {
        long start = System.nanoTime();
        for (int i = 0; i < ("trapezoid".equals(rule) ? 1 : 2); i++) {
            for (MultiDataSet batch : data.batches()) {
                bare.setInput(batch.getFeatures(0));
                bare.setLabels(batch.getLabels(0));
                bare.computeGradientAndScore();
            }
        }
        return System.nanoTime() - start;
    }

    private long listener() {
        long start = System.nanoTime();
        lca.onGradientCalculation(followed);
        long asked = System.nanoTime() - start;
        followed.params().assign(points[invocation / 2 % 2]); // the update, which is not the listener's
        start = System.nanoTime();
        lca.iterationDone(followed, invocation, 0);
        return asked + System.nanoTime() - start;
    }

    static void run(int rounds) throws RunnerException {
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            Runner runner = new Runner(new OptionsBuilder()
                    .include("\\." + LcaBenchmark.class.getSimpleName() + "\\.")
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(4))
                    .measurementIterations(30)
                    .measurementTime(TimeValue.seconds(1))
                    .jvmArgsAppend("-Xmx3g")
                    .build());
            for (RunResult result : runner.run()) {
                String name = result.getParams().getParam("net") + " " + result.getParams().getParam("rule");
                ratios.computeIfAbsent(name, key -> new ArrayList<>()).addAll(ratios(result));
            }
        }
        Table.Builder table =
                Table.builder("listener per update", "median of the gradients alone", "quartiles", "seconds", "bound");
        ratios.forEach((name, values) -> {
            Collections.sort(values);
            table.row(
                    name,
                    String.format(Locale.ROOT, "%.3f", values.get(values.size() / 2)),
                    String.format(
                            Locale.ROOT,
                            "%.3f..%.3f",
                            values.get(values.size() / 4),
                            values.get(values.size() * 3 / 4)),
                    values.size(),
                    1.05);
        });
        System.out.println(table.build());
    }

    /** Of each second, so that one in which the machine did something else does not count for more than it is. */
    private static List<Double> ratios(RunResult result) {
        List<Double> ratios = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult second : fork.getIterationResults()) {
                ratios.add(second.getSecondaryResults().get("listener").getScore()
                        / second.getSecondaryResults().get("gradients").getScore());
            }
        }
        return ratios;
    }
}
