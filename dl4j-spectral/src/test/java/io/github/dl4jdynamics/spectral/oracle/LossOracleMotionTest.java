/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Where an oracle is: parameters, segments, constraints, data types. */
class LossOracleMotionTest {
    private static final DataSet ROWS = Networks.rows(6, 4);

    static Stream<LayerConstraint> constraints() {
        return Stream.of(
                new MaxNormConstraint(0.3, 1),
                new MinMaxNormConstraint(0.4, 0.6, 0.5, 1),
                new NonNegativeConstraint(),
                new UnitNormConstraint(1));
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void constraints_giveTheParametersAfterTheUpdate(LayerConstraint constraint) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            MultiLayerNetwork sequence = Networks.sequence(
                    Networks.settings(type).constrainWeights(constraint),
                    InputType.feedForward(4),
                    new DenseLayer.Builder().nOut(5).dropOut(0.5).build(),
                    new BatchNormalization(),
                    Networks.output());
            for (Model net : List.of(sequence, sequence.toComputationGraph())) {
                assertConstrained(net, ROWS);
            }
        }
    }

    @Test
    void constraintsOfWrappedLayers_areFound() {
        DataSet data = Networks.sequences(6, 2, 4);
        data.setLabels(Networks.classes(6));
        for (boolean both : new boolean[] {false, true}) {
            LSTM lstm = new LSTM.Builder()
                    .nOut(3)
                    .constrainAllParameters(new NonNegativeConstraint())
                    .build();
            assertConstrained(
                    Networks.sequence(
                            InputType.recurrent(2, 4),
                            new LastTimeStep(both ? new Bidirectional(lstm) : lstm),
                            Networks.output()),
                    data);
        }
    }

    @Test
    void constraintsOfFrozenLayers_areNotApplied() {
        DenseLayer dense = new DenseLayer.Builder()
                .nOut(5)
                .constrainWeights(new NonNegativeConstraint())
                .build();
        MultiLayerNetwork net =
                Networks.sequence(InputType.feedForward(4), new FrozenLayerWithBackprop(dense), Networks.output());
        LossOracle oracle = LossOracle.builder(net).build();

        oracle.applyConstraints(1, 0);

        assertThat(Networks.bits(oracle.parameters())).isEqualTo(Networks.bits(net.params()));
    }

    private static void assertConstrained(Model net, DataSet data) {
        INDArray[] stepped = new INDArray[1];
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                stepped[0] = model.params().dup();
            }
        });
        LossOracle oracle = LossOracle.builder(net).build();
        for (int i = 0; i < 3; i++) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(data);
            } else {
                ((ComputationGraph) net).fit(data);
            }
            oracle.moveTo(stepped[0]);
            oracle.applyConstraints(i + 1, 0);

            assertThat(oracle.isConstrained()).isTrue();
            assertThat(Networks.bits(net.params())).isNotEqualTo(Networks.bits(stepped[0]));
            assertThat(Networks.bits(oracle.parameters())).isEqualTo(Networks.bits(net.params()));
        }
    }

    @Test
    void segment_isWalkedFromOneEndToTheOther() {
        MultiLayerNetwork net = Networks.sequence(InputType.feedForward(4), Networks.output());
        LossOracle oracle = LossOracle.builder(net).build();
        INDArray from = net.params().dup();
        INDArray to = from.add(1);
        INDArray kept = to.dup();

        oracle.moveTo(from, to, 0);
        assertThat(Networks.bits(oracle.parameters())).isEqualTo(Networks.bits(from));
        oracle.moveTo(from, to, 0.25);
        assertThat(oracle.parameters().distance2(from.add(0.25))).isLessThan(1e-15);
        oracle.moveTo(oracle.parameters(), to, 1 / 3.0);
        assertThat(oracle.parameters().distance2(from.add(0.5))).isLessThan(1e-14);
        oracle.moveTo(to, oracle.parameters(), 0.5);
        assertThat(oracle.parameters().distance2(from.add(0.75))).isLessThan(1e-14);

        assertThat(oracle.isConstrained()).isFalse();
        assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(from));
        assertThat(Networks.bits(to)).isEqualTo(Networks.bits(kept));
    }

    @Test
    void vectorsOfAnotherKind_areRefusedInWords() {
        LossOracle oracle = LossOracle.builder(Networks.sequence(InputType.feedForward(4), Networks.output()))
                .build();
        LossData data = LossData.of(ROWS);

        assertThatThrownBy(() -> oracle.moveTo(Nd4j.zeros(DataType.DOUBLE, 14)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a parameter vector of this network must have 15 elements, got 14");
        assertThatThrownBy(() -> oracle.addGradient(data, 1, Nd4j.zeros(DataType.FLOAT, 15)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "gradients of this network are added to a vector of rank 1 and type DOUBLE, got rank 1 and type "
                                + "FLOAT; use zeros()");
        assertThatThrownBy(() -> oracle.addGradient(data, 1, Nd4j.zeros(DataType.DOUBLE, 1, 15)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got rank 2 and type DOUBLE; use zeros()");
        oracle.moveTo(Nd4j.zeros(DataType.FLOAT, 1, 15));
        assertThat(oracle.loss(data)).isCloseTo(Math.log(3), within(1e-12));
    }

    @Test
    void oracle_staysWhereItIsWhileTheNetworkTrains() {
        MultiLayerNetwork net = Networks.sequence(InputType.feedForward(4), Networks.output());
        LossOracle oracle = LossOracle.builder(net).build();
        double before = oracle.loss(LossData.of(ROWS));

        net.fit(ROWS);

        assertThat(oracle.loss(LossData.of(ROWS))).isEqualTo(before);
        oracle.moveTo(net.params());
        assertThat(oracle.loss(LossData.of(ROWS))).isNotEqualTo(before).isCloseTo(net.score(ROWS), within(1e-14));
    }

    @Test
    void halfPrecisionNetwork_isEvaluatedRoughly() {
        OutputLayer output = Networks.output();
        MultiLayerNetwork net = Networks.sequence(
                Networks.settings(DataType.FLOAT16),
                InputType.feedForward(4),
                new DenseLayer.Builder().nOut(5).build(),
                output);
        MultiLayerNetwork exact = Networks.sequence(
                InputType.feedForward(4), new DenseLayer.Builder().nOut(5).build(), Networks.output());
        exact.setParams(net.params().castTo(DataType.DOUBLE));
        LossOracle rough = LossOracle.builder(net).build();
        LossOracle reference = LossOracle.builder(exact).build();
        INDArray gradient = rough.zeros();
        INDArray expected = reference.zeros();
        LossData data = LossData.of(ROWS).batches(4);

        double loss = rough.addGradient(data, 1, gradient);

        assertThat(loss).isCloseTo(reference.addGradient(data, 1, expected), within(5e-3));
        assertThat(gradient.castTo(DataType.DOUBLE).distance2(expected)).isLessThan(5e-3);
        assertThat(gradient.dataType()).isEqualTo(DataType.FLOAT16);
    }
}
