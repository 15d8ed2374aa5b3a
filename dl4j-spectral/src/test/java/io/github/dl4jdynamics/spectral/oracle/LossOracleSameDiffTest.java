/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossOracleSameDiffTest {
    private static final int STEPS = 3;

    static Stream<Arguments> networks() {
        List<Arguments> cases = new ArrayList<>();
        LossOracleGradientTest.add(cases, "attention", attention(), rows(false));
        LossOracleGradientTest.add(cases, "attention with masks", attention(), rows(true));
        LossOracleGradientTest.add(
                cases,
                "locally connected",
                Networks.sequence(
                        InputType.convolutional(4, 4, 2),
                        new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .nOut(2)
                                .build(),
                        Networks.output()),
                Networks.rows(6, 2, 4, 4));
        cases.add(Arguments.of("attention vertex", vertex(), rows(false)));
        cases.add(Arguments.of("attention vertex with masks", vertex(), rows(true)));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradient_isTheDerivativeAndNotTwiceIt(String name, Model net, DataSet data) {
        LossOracle oracle = LossOracle.builder(net).build();

        double loss = Networks.assertGradient(oracle, LossData.of(data).batches(4));

        assertThat(loss).isCloseTo(Networks.score(net, data, false), within(1e-12));
    }

    @Test
    void regularization_isThatOfTheUpdaterThoughTheScoreForgetsIt() {
        MultiLayerNetwork net = Networks.sequence(
                Networks.settings(DataType.DOUBLE).l2(0.1),
                InputType.recurrent(2, STEPS),
                projection(),
                new GlobalPoolingLayer(PoolingType.AVG),
                Networks.output());
        LossData data = LossData.of(rows(false));

        double plain = Networks.assertGradient(LossOracle.builder(net).build(), data);
        double loss = Networks.assertGradient(
                LossOracle.builder(net).regularization(true).build(), data);

        double norm = 0;
        for (String key : List.of("0_Wq", "0_Wk", "0_Wv", "0_Wo", "2_W")) {
            norm += Math.pow(net.paramTable().get(key).norm2Number().doubleValue(), 2);
        }
        assertThat(loss).isCloseTo(plain + 0.05 * norm, within(1e-12));
    }

    private static MultiLayerNetwork attention() {
        return Networks.sequence(
                InputType.recurrent(2, STEPS),
                new LSTM.Builder().nOut(3).build(),
                projection(),
                new GlobalPoolingLayer(PoolingType.AVG),
                Networks.output());
    }

    private static SelfAttentionLayer projection() {
        return new SelfAttentionLayer.Builder()
                .nOut(4)
                .nHeads(2)
                .projectInput(true)
                .build();
    }

    private static ComputationGraph vertex() {
        ComputationGraph graph = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", new LSTM.Builder().nIn(2).nOut(3).build(), "in")
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nInKeys(3)
                                .nInQueries(3)
                                .nInValues(3)
                                .nOut(4)
                                .nHeads(2)
                                .projectInput(true)
                                .build(),
                        "lstm",
                        "lstm",
                        "lstm")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "attention")
                .addLayer("out", output(), "pool")
                .setOutputs("out")
                .build());
        graph.init();
        return Networks.shake(graph);
    }

    private static org.deeplearning4j.nn.conf.layers.OutputLayer output() {
        org.deeplearning4j.nn.conf.layers.OutputLayer output = Networks.output();
        output.setNIn(4);
        return output;
    }

    private static DataSet rows(boolean masked) {
        DataSet data = Networks.sequences(6, 2, STEPS);
        data.setLabels(Networks.classes(6));
        if (masked) {
            data.setFeaturesMaskArray(Networks.lengths(6, STEPS));
        }
        return data;
    }
}
