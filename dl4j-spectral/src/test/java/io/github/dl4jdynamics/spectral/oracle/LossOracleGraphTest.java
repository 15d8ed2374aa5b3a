/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LossOracleGraphTest {

    @Test
    void severalInputsAndOutputs_areOneLoss() {
        ComputationGraph graph = twoByTwo();
        MultiDataSet rows = rows();
        LossOracle oracle = LossOracle.builder(graph).build();
        LossData data = LossData.of(rows);

        double loss = Networks.assertGradient(oracle, data);

        assertThat(loss).isCloseTo(graph.score(rows, false), within(1e-12));
        assertThat(Networks.assertGradient(oracle, data.batches(4))).isCloseTo(loss, within(1e-12));
        LossOracle regularized = LossOracle.builder(graph).regularization(true).build();
        assertThat(regularized.loss(data)).isEqualTo(loss);
    }

    @Test
    void stackedInputs_areMeansOverRowsOfTheData() {
        ComputationGraph graph = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("left", "right")
                .setInputTypes(InputType.feedForward(4), InputType.feedForward(4))
                .addVertex("both", new StackVertex(), "left", "right")
                .addLayer("shared", new DenseLayer.Builder().nIn(4).nOut(3).build(), "both")
                .addVertex("first", new UnstackVertex(0, 2), "shared")
                .addVertex("second", new UnstackVertex(1, 2), "shared")
                .addVertex("norm", new L2NormalizeVertex(), "second")
                .addVertex("minus", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "first", "norm")
                .addLayer("out", output(3), "minus")
                .setOutputs("out")
                .build());
        graph.init();
        Networks.shake(graph);
        MultiDataSet rows = new MultiDataSet(
                new INDArray[] {Networks.features(6, 4), Networks.features(6, 4).muli(0.3)},
                new INDArray[] {Networks.classes(6)});

        double loss = Networks.assertGradient(
                LossOracle.builder(graph).build(), LossData.of(rows).batches(4));

        assertThat(loss).isCloseTo(graph.score(rows, false), within(1e-12));
    }

    @Test
    void wrongNumberOfArrays_isNamed() {
        LossOracle oracle = LossOracle.builder(twoByTwo()).build();

        assertThatThrownBy(() -> oracle.loss(LossData.of(Networks.rows(6, 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loss data of this ComputationGraph must have 2 features and 2 labels arrays, got 1 and 1");
    }

    @Test
    @Timeout(60)
    void manyPathsThroughFrozenLayers_areNotWalkedOneByOne() {
        int blocks = 40;
        org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder builder =
                Networks.settings(DataType.DOUBLE).graphBuilder().addInputs("sum0");
        for (int i = 0; i < blocks; i++) {
            String from = "sum" + i;
            builder.addLayer(
                            "layer" + i,
                            new FrozenLayer(
                                    new DenseLayer.Builder().nIn(2).nOut(2).build()),
                            from)
                    .addVertex("sum" + (i + 1), new ElementWiseVertex(ElementWiseVertex.Op.Average), "layer" + i, from);
        }
        ComputationGraph graph = new ComputationGraph(builder.addLayer("out", output(2), "sum" + blocks)
                .setOutputs("out")
                .build());
        graph.init();

        LossOracle oracle = LossOracle.builder(graph).build();

        Networks.assertGradient(oracle, LossData.of(Networks.rows(6, 2)));
        assertThat(oracle.mask().counted()).extracting(ParameterArray::name).containsExactly("out_W", "out_b");
    }

    private static OutputLayer output(int inputs) {
        OutputLayer output = Networks.output();
        output.setNIn(inputs);
        return output;
    }

    /** Rows and sequences in, a class and a sequence out. */
    private static ComputationGraph twoByTwo() {
        ComputationGraph graph = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("rows", "steps")
                .setInputTypes(InputType.feedForward(4), InputType.recurrent(2, 4))
                .addLayer("dense", new DenseLayer.Builder().nOut(3).build(), "rows")
                .addLayer("lstm", new LSTM.Builder().nOut(3).build(), "steps")
                .addVertex("last", new LastTimeStepVertex("steps"), "lstm")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Product), "dense", "last")
                .addVertex("merge", new MergeVertex(), "sum", "dense")
                .addVertex("part", new SubsetVertex(1, 4), "merge")
                .addVertex("scaled", new ScaleVertex(2), "part")
                .addLayer("class", Networks.output(), "scaled")
                .addLayer(
                        "sequence",
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nOut(Networks.CLASSES)
                                .activation(Activation.TANH)
                                .build(),
                        "lstm")
                .setOutputs("class", "sequence")
                .build());
        graph.init();
        return Networks.shake(graph);
    }

    private static MultiDataSet rows() {
        DataSet sequences = Networks.sequences(6, 2, 4);
        return new MultiDataSet(
                new INDArray[] {Networks.features(6, 4), sequences.getFeatures()},
                new INDArray[] {Networks.classes(6), sequences.getLabels()},
                null,
                new INDArray[] {null, Networks.lengths(6, 4)});
    }
}
