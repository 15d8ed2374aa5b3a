/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.spectral.report.Table;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Forward and backward pass of one layer in training, FLOAT, in workspaces as a network opens them, against the
 * framework's own and against copying x to y and dy to dx.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GhostNormBenchmark {
    private static final String[] SHAPES = {"256x64x16x16", "512x16x8x8", "1024x256"};
    private static final WorkspaceConfiguration LEARNING = WorkspaceConfiguration.builder()
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyAllocation(AllocationPolicy.STRICT)
            .build();
    private static final String[] GHOSTS = {"16", "32", "64", "128", "whole"};

    @Param({"256x64x16x16", "512x16x8x8", "1024x256"})
    public String shape;

    @Param({"copy", "stock", "16", "32", "64", "128", "whole"})
    public String layer;

    /** Results in workspaces as in a network's training, or on their own and freed at once. */
    @Param({"workspaces", "without"})
    public String memory;

    private final LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.builder()
            .noWorkspaceFor(ArrayType.INPUT)
            .with(ArrayType.ACTIVATIONS, "ACTIVATIONS", LEARNING)
            .with(ArrayType.ACTIVATION_GRAD, "ACTIVATIONS", LEARNING)
            .with(ArrayType.FF_WORKING_MEM, "FORWARD", LEARNING)
            .with(ArrayType.BP_WORKING_MEM, "BACKWARD", LEARNING)
            .build();
    private Layer norm;
    private INDArray x;
    private INDArray dy;
    private INDArray y;
    private INDArray dx;

    @Setup
    public void prepare() {
        long[] sizes = Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray();
        x = Nd4j.randn(DataType.FLOAT, sizes).muli(2).addi(1);
        dy = Nd4j.randn(DataType.FLOAT, sizes);
        y = Nd4j.create(DataType.FLOAT, sizes);
        dx = Nd4j.create(DataType.FLOAT, sizes);
        if ("copy".equals(layer)) {
            return;
        }
        BatchNormalization conf = "stock".equals(layer)
                ? new BatchNormalization.Builder().nIn(sizes[1]).nOut(sizes[1]).build()
                : GhostBatchNormalization.builder()
                        .nIn(sizes[1])
                        .nOut(sizes[1])
                        .ghostBatchSize("whole".equals(layer) ? SplitRule.NEVER : Integer.parseInt(layer))
                        .build();
        NeuralNetConfiguration network = new NeuralNetConfiguration();
        network.setLayer(conf);
        INDArray parameters = Nd4j.create(DataType.FLOAT, 4 * sizes[1]);
        norm = conf.instantiate(network, Collections.emptyList(), 0, parameters, true, DataType.FLOAT);
        norm.setBackpropGradientsViewArray(Nd4j.create(DataType.FLOAT, 4 * sizes[1]));
    }

    @Benchmark
    @SuppressWarnings("try")
    public Object step() {
        if (norm == null) {
            y.assign(x);
            return dx.assign(dy);
        }
        if ("without".equals(memory)) {
            LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
            norm.setInput(x, none);
            INDArray output = norm.activate(true, none);
            INDArray gradient = norm.backpropGradient(dy, none).getSecond();
            output.close();
            gradient.close();
            return output;
        }
        try (MemoryWorkspace activations = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            try (MemoryWorkspace work = workspaces.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
                norm.setInput(x, workspaces);
                norm.activate(true, workspaces);
            }
            try (MemoryWorkspace work = workspaces.notifyScopeEntered(ArrayType.BP_WORKING_MEM)) {
                return norm.backpropGradient(dy, workspaces).getFirst();
            }
        }
    }

    static void run(int rounds) throws RunnerException {
        Rounds times = new Rounds(GhostNormBenchmark.class, rounds, 1);
        Table.Builder table = Table.builder("layer", "against", "median ratio", "", "range", "bound");
        for (String memory : new String[] {"without", "workspaces"}) {
            for (String shape : SHAPES) {
                String of = " " + memory + " " + shape;
                String bound = shape.startsWith("1024") ? "<= 1/10" : "<= 1/20";
                for (String ghost : GHOSTS) {
                    times.row(table, "step " + ghost + of, "step stock" + of, bound);
                }
                for (String ghost : GHOSTS) {
                    times.row(table, "step " + ghost + of, "step copy" + of, "");
                }
            }
        }
        System.out.println(table.build());
        times.printTimes();
    }
}
