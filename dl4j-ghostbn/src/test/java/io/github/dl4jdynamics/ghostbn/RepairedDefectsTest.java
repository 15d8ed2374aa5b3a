/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.PrintMode;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What plain batch normalization gets wrong, shown to be wrong there, and right here. */
class RepairedDefectsTest {
    private static final DataType TYPE = DataType.DOUBLE;

    @ParameterizedTest(name = "gamma {0} beta {1}")
    @CsvSource({"2, 0, true", "1, 3, true", "2, 3, false", "1, 0, false"})
    void lockedGammaAndBeta_alwaysCount(double gamma, double beta, boolean plainIsWrong) {
        BatchNormalization plain = new BatchNormalization.Builder()
                .lockGammaBeta(true)
                .gamma(gamma)
                .beta(beta)
                .build();
        GhostBatchNormalization ghost = LiveNets.ghost(SplitRule.NEVER)
                .lockGammaBeta(true)
                .gamma(gamma)
                .beta(beta)
                .build();
        INDArray x = LiveNets.random(TYPE, 1, 6, 3);
        double[] normal = LiveNets.values(output(LiveNets.ghost(SplitRule.NEVER).build(), x, true));
        double[] expected = Arrays.stream(normal).map(n -> gamma * n + beta).toArray();

        for (boolean training : new boolean[] {true, false}) {
            double[] wanted = training
                    ? expected
                    : Arrays.stream(LiveNets.values(x))
                            .map(v -> gamma * v / Math.sqrt(1 + 1e-5) + beta)
                            .toArray();
            double[] ours = LiveNets.values(output(ghost, x, training));
            double[] theirs = LiveNets.values(output(plain, x, training));
            assertThat(ours).containsExactly(wanted, within(1e-12));
            assertThat(Math.abs(theirs[0] - wanted[0]) > 1e-3).isEqualTo(plainIsWrong);
        }
    }

    @Test
    void constraintsOnGammaAndBeta_areApplied() {
        NonNegativeConstraint atLeastZero = new NonNegativeConstraint();
        MultiLayerNetwork plain = negativeAffine(new BatchNormalization.Builder()
                .constrainGamma(atLeastZero)
                .constrainBeta(atLeastZero)
                .build());
        MultiLayerNetwork onGamma =
                negativeAffine(LiveNets.ghost(2).constrainGamma(atLeastZero).build());
        MultiLayerNetwork onBeta =
                negativeAffine(LiveNets.ghost(2).constrainBeta(atLeastZero).build());

        assertThat(LiveNets.param(plain, "0_gamma")).containsOnly(-1);
        assertThat(LiveNets.param(plain, "0_beta")).containsOnly(-2);
        assertThat(LiveNets.param(onGamma, "0_gamma")).containsOnly(0);
        assertThat(LiveNets.param(onGamma, "0_beta")).containsOnly(-2);
        assertThat(LiveNets.param(onBeta, "0_gamma")).containsOnly(-1);
        assertThat(LiveNets.param(onBeta, "0_beta")).containsOnly(0);
    }

    @Test
    void constraintOnAllParameters_leavesRunningStatisticsAlone() {
        NonNegativeConstraint atLeastZero = new NonNegativeConstraint();
        MultiLayerNetwork plain = negativeAffine(new BatchNormalization.Builder()
                .constrainAllParameters(atLeastZero)
                .build());
        MultiLayerNetwork ghost = negativeAffine(
                LiveNets.ghost(2).constrainAllParameters(atLeastZero).build());

        assertThat(LiveNets.param(ghost, "0_gamma")).containsOnly(0);
        assertThat(LiveNets.param(ghost, "0_beta")).containsOnly(0);
        assertThat(LiveNets.param(plain, "0_mean")).containsOnly(0);
        assertThat(LiveNets.param(ghost, "0_mean")[0]).isLessThan(-0.5);
    }

    @Test
    void lockedLayer_hasNothingToConstrain() {
        MultiLayerNetwork net = LiveNets.still(
                TYPE,
                InputType.feedForward(3),
                LiveNets.ghost(2)
                        .lockGammaBeta(true)
                        .constrainAllParameters(new NonNegativeConstraint())
                        .build());

        net.fit(negative());

        assertThat(net.getLayer(0).conf().getLayer().getConstraints()).isNull();
        assertThat(LiveNets.param(net, "0_mean")[0]).isLessThan(-0.5);
    }

    @ParameterizedTest(name = "ghost {0}")
    @ValueSource(booleans = {false, true})
    void backwardAfterInferenceForward_treatsStatisticsAsConstants(boolean ghost) {
        Nd4j.setDefaultDataTypes(TYPE, TYPE);
        try {
            Layer frozen = ghost ? LiveNets.ghost(3).build() : new BatchNormalization.Builder().build();
            // In workspaces the plain layer's backward pass does not even get through.
            MultiLayerNetwork net = LiveNets.net(
                    LiveNets.base(TYPE)
                            .updater(new NoOp())
                            .trainingWorkspaceMode(ghost ? WorkspaceMode.ENABLED : WorkspaceMode.NONE),
                    InputType.feedForward(LiveNets.IN),
                    LiveNets.dense(3),
                    new FrozenLayerWithBackprop(frozen),
                    LiveNets.output());
            net.setParam("1_mean", Nd4j.createFromArray(0.3, -0.2, 0.1));
            net.setParam("1_log10stdev", Nd4j.createFromArray(-0.3, 0.2, 0.1));
            Set<String> frozenParameters = new HashSet<>(Arrays.asList("1_gamma", "1_beta", "1_mean", "1_log10stdev"));

            boolean correct = GradientCheckUtil.checkGradients(new MLNConfig()
                    .net(net)
                    .print(PrintMode.FAILURES_ONLY)
                    .input(LiveNets.random(TYPE, 1, 7, LiveNets.IN))
                    .labels(LiveNets.labels(TYPE, 1, 7))
                    .excludeParams(frozenParameters));

            assertThat(correct).isEqualTo(ghost);
        } finally {
            Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
        }
    }

    @Test
    void sequences_trainHereAndThrowThere() {
        Layer[] plain = {new LSTM.Builder().nOut(3).build(), new BatchNormalization(), LiveNets.rnnOutput()};
        Layer[] ghost = {new LSTM.Builder().nOut(3).build(), LiveNets.ghost(2).build(), LiveNets.rnnOutput()};
        DataSet data = new DataSet(LiveNets.random(TYPE, 1, 5, 2, 4), LiveNets.sequenceLabels(TYPE, 1, 5, 4));
        MultiLayerNetwork net = LiveNets.net(LiveNets.base(TYPE), InputType.recurrent(2, 4), ghost);

        assertThatThrownBy(() -> LiveNets.net(LiveNets.base(TYPE), InputType.recurrent(2, 4), plain)
                        .fit(data))
                .isInstanceOf(RuntimeException.class);
        assertThat(scoreAfter(net, data, 30)).isLessThan(0.9 * scoreAfter(net, data, 0));
    }

    @Test
    void volumes_trainHereAndThrowThere() {
        InputType input = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 3, 2);
        DataSet data = new DataSet(LiveNets.random(TYPE, 1, 6, 2, 3, 3, 3), LiveNets.labels(TYPE, 1, 6));
        MultiLayerNetwork net =
                LiveNets.net(LiveNets.base(TYPE), input, LiveNets.ghost(3).build(), LiveNets.output());

        assertThatThrownBy(() -> LiveNets.net(LiveNets.base(TYPE), input, new BatchNormalization(), LiveNets.output())
                        .fit(data))
                .isInstanceOf(RuntimeException.class);
        assertThat(scoreAfter(net, data, 30)).isLessThan(0.9 * scoreAfter(net, data, 0));
    }

    @Test
    void paddedSteps_countForNothing() {
        double[] few = statisticsOfPadded(0, true);
        double[] many = statisticsOfPadded(5, true);

        assertThat(many).containsExactly(few, within(1e-12));
        assertThat(statisticsOfPadded(5, false)[0]).isNotCloseTo(few[0], within(0.3 * Math.abs(few[0])));
    }

    @Test
    void paddedSequences_giveTheResultsOfShorterPadding() {
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(TYPE),
                InputType.recurrent(2),
                LiveNets.ghost(2).build(),
                new LSTM.Builder().nOut(3).build(),
                LiveNets.ghost(2).build(),
                LiveNets.rnnOutput());
        MultiLayerNetwork twin = LiveNets.copy(net);
        INDArray longer = LiveNets.random(TYPE, 1, 5, 2, 6);
        INDArray longerLabels = LiveNets.sequenceLabels(TYPE, 1, 5, 6);
        INDArray mask = Nd4j.create(TYPE, 5, 6);
        mask.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3)).assign(1);
        mask.putScalar(0, 2, 0);
        INDArray shorter = upToStepThree(longer);
        INDArray shortMask =
                mask.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3)).dup('c');

        for (int i = 0; i < 3; i++) {
            net.fit(longer, longerLabels, mask, mask);
            twin.fit(shorter, upToStepThree(longerLabels), shortMask, shortMask);
        }

        for (String name : net.paramTable().keySet()) {
            assertThat(LiveNets.param(net, name)).as(name).containsExactly(LiveNets.param(twin, name), within(1e-12));
        }
        assertThat(LiveNets.values(upToStepThree(net.output(longer, false, mask, mask))))
                .containsExactly(LiveNets.values(twin.output(shorter, false, shortMask, shortMask)), within(1e-12));
    }

    @Test
    void constantChannel_keepsAFiniteDeviation() {
        MultiLayerNetwork plain = LiveNets.still(
                DataType.FLOAT,
                InputType.feedForward(2),
                new BatchNormalization.Builder().decay(0.5).build());
        MultiLayerNetwork ghost = LiveNets.still(
                DataType.FLOAT,
                InputType.feedForward(2),
                LiveNets.ghost(2).decay(0.5).build());
        DataSet constant = new DataSet(Nd4j.ones(DataType.FLOAT, 4, 2), Nd4j.ones(DataType.FLOAT, 4, 2));

        for (int i = 0; i < 200; i++) {
            plain.fit(constant);
            ghost.fit(constant);
        }

        assertThat(Double.isFinite(LiveNets.param(plain, "0_log10stdev")[0])).isFalse();
        assertThat(LiveNets.param(ghost, "0_log10stdev")).containsExactly(new double[] {-19, -19}, within(1e-5));

        DataSet lively = new DataSet(LiveNets.random(DataType.FLOAT, 1, 8, 2).muli(100), Nd4j.ones(8, 2));
        for (int i = 0; i < 60; i++) {
            ghost.fit(lively);
        }
        assertThat(LiveNets.param(ghost, "0_log10stdev")[0]).isBetween(1.0, 3.0);
    }

    private static double scoreAfter(MultiLayerNetwork net, DataSet data, int iterations) {
        MultiLayerNetwork copy = LiveNets.copy(net);
        for (int i = 0; i < iterations; i++) {
            copy.fit(data);
        }
        return copy.score(data, true);
    }

    private static INDArray upToStepThree(INDArray sequences) {
        return sequences
                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .dup('c');
    }

    /** Running mean behind a dense layer over 3 time steps and padding, where rank 2 lets the plain layer run. */
    private static double[] statisticsOfPadded(int padding, boolean ghost) {
        Layer norm = ghost ? LiveNets.ghost(SplitRule.NEVER).build() : new BatchNormalization();
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(TYPE).updater(new Sgd(0)),
                InputType.recurrent(2),
                LiveNets.dense(2),
                norm,
                LiveNets.rnnOutput());
        INDArray x = Nd4j.valueArrayOf(new long[] {4, 2, 3 + padding}, 77.0, TYPE);
        INDArray mask = Nd4j.create(TYPE, 4, 3 + padding);
        x.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .assign(LiveNets.random(TYPE, 1, 4, 2, 3));
        mask.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3)).assign(1);
        net.fit(x, LiveNets.sequenceLabels(TYPE, 1, 4, 3 + padding), mask, mask);
        return LiveNets.param(net, "1_mean");
    }

    private static INDArray output(Layer layer, INDArray x, boolean training) {
        MultiLayerNetwork net = LiveNets.still(TYPE, InputType.feedForward(x.size(1)), layer);
        return LiveNets.forward(net.getLayer(0), x, training);
    }

    private static DataSet negative() {
        return new DataSet(LiveNets.random(TYPE, 1, 4, 3).subi(20), Nd4j.ones(TYPE, 4, 3));
    }

    /** Gamma -1 and beta -2, then one iteration without a learning rate on data below zero. */
    private static MultiLayerNetwork negativeAffine(Layer layer) {
        MultiLayerNetwork net = LiveNets.still(TYPE, InputType.feedForward(3), layer);
        net.setParam("0_gamma", Nd4j.valueArrayOf(3, -1.0).castTo(TYPE));
        net.setParam("0_beta", Nd4j.valueArrayOf(3, -2.0).castTo(TYPE));
        net.fit(negative());
        return net;
    }
}
