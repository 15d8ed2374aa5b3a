/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;

import io.github.dl4jdynamics.ghostbn.math.NormBalance;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ScaleInvarianceListenerTest {
    private static final DataSet VECTORS = Nets.vectors(3);

    private static ScaleInvarianceListener everyIteration() {
        return ScaleInvarianceListener.builder()
                .everyIterations(1)
                .failFast(true)
                .build();
    }

    @Test
    void sample_ofPlainSgd_obeysTheUpdateRule() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);

        for (int i = 0; i < 4; i++) {
            double[] before = net.getParam("0_W").dup().data().asDouble();
            double loss = net.score(VECTORS, true) - net.calcRegularizationScore(true);
            net.fit(VECTORS);
            double[] after = net.getParam("0_W").dup().data().asDouble();

            ScaleInvarianceSample sample = listener.history().last().get();
            GroupNorms group = sample.groups().get(0);
            NormBalance balance = group.balance();
            double squares = 0;
            double gradients = 0;
            double nexts = 0;
            double dot = 0;
            for (int k = 0; k < before.length; k++) {
                // w' = w - 0.1 (g + 0.02 w), solved for g
                double gradient = (before[k] - after[k]) / 0.1 - 0.02 * before[k];
                squares += before[k] * before[k];
                nexts += after[k] * after[k];
                dot += before[k] * after[k];
                gradients += gradient * gradient;
            }
            assertThat(sample.iteration()).isEqualTo(i);
            assertThat(sample.loss()).isCloseTo(loss, within(1e-12));
            assertThat(group.name()).isEqualTo("dense.W");
            assertThat(balance.weightNorm()).isCloseTo(Math.sqrt(squares), within(1e-12));
            assertThat(balance.gradientNorm()).isCloseTo(Math.sqrt(gradients), within(1e-10));
            assertThat(balance.rate()).isEqualTo(0.1);
            assertThat(balance.decay()).isCloseTo(0.002, within(1e-15));
            assertThat(group.nextWeightNorm()).isCloseTo(Math.sqrt(nexts), within(1e-12));
            assertThat(Math.sqrt(balance.predictedSquaredNorm())).isCloseTo(Math.sqrt(nexts), within(1e-9));
            assertThat(group.cosineDistance()).isCloseTo(1 - dot / Math.sqrt(squares * nexts), within(1e-12));
            assertThat(Math.tan(Math.acos(1 - group.cosineDistance())))
                    .isCloseTo(balance.tangentOfAngle(), within(1e-6));
            assertThat(group.eulerDefect()).isLessThan(1e-8);
            assertThat(group.note()).isEmpty();
            assertThat(sample.all().get().balance().toString()).isEqualTo(balance.toString());
        }
    }

    @Test
    void weightDecay_countsLikeL2AndAsOftenAsItIsListed() {
        MultiLayerNetwork onLayer = Nets.stack(
                Nets.settings(new Sgd(0.1)),
                InputType.feedForward(5),
                Nets.dense("dense", 7).weightDecay(0.02).build(),
                Nets.norm("bn"),
                Nets.output("out"));
        MultiLayerNetwork withoutRate = Nets.stack(
                Nets.settings(new Sgd(0.1)),
                InputType.feedForward(5),
                Nets.dense("dense", 7).weightDecay(0.02, false).build(),
                Nets.norm("bn"),
                Nets.output("out"));
        MultiLayerNetwork onNetwork = Nets.stack(
                Nets.settings(new Sgd(0.1)).weightDecay(0.02),
                InputType.feedForward(5),
                Nets.dense("dense", 7).build(),
                Nets.norm("bn"),
                Nets.output("out"));

        assertThat(decayOf(onLayer)).isCloseTo(0.002, within(1e-15));
        assertThat(decayOf(withoutRate)).isCloseTo(0.02, within(1e-15));
        long listed = onNetwork.getLayer(0).conf().getLayer().getRegularizationByParam("W").stream()
                .filter(penalty -> penalty instanceof WeightDecay)
                .count();
        assertThat(decayOf(onNetwork)).isCloseTo(0.002 * listed, within(1e-15));
    }

    /** Listed decay and true shrinkage, for the update rule holds with it. */
    private static double decayOf(MultiLayerNetwork net) {
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);
        net.fit(VECTORS);
        GroupNorms group = listener.history().last().get().groups().get(0);
        assertThat(group.nextWeightNorm() * group.nextWeightNorm())
                .isCloseTo(group.balance().predictedSquaredNorm(), within(1e-9));
        return group.balance().decay();
    }

    @Test
    void unequalDecay_isWeightedByTheNorms() {
        MultiLayerNetwork net = Nets.stack(
                Nets.settings(new Sgd(0.1)).l2(0.02),
                InputType.feedForward(5),
                Nets.dense("dense", 7).activation(Activation.RELU).build(),
                Nets.norm("bn"),
                Nets.output("out"));
        double weights = Math.pow(net.getParam("0_W").norm2Number().doubleValue(), 2);
        double biases = Math.pow(net.getParam("0_b").norm2Number().doubleValue(), 2);

        double decay = onlyGroup(net).balance().decay();

        double kept = (0.998 * 0.998 * weights + biases) / (weights + biases);
        assertThat(decay).isCloseTo(1 - Math.sqrt(kept), within(1e-12));
    }

    private static GroupNorms onlyGroup(MultiLayerNetwork net) {
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);
        net.fit(VECTORS);
        assertThat(listener.history().last().get().groups()).hasSize(1);
        return listener.history().last().get().groups().get(0);
    }

    @Test
    void noDecay_leavesTheBalanceEmptyWithAReason() {
        GroupNorms group = onlyGroup(Nets.denseNet(new Sgd(0.1), 0));

        assertThat(group.balance().balanceRatio()).isNaN();
        assertThat(group.balance().decay()).isZero();
        assertThat(group.note()).isEqualTo("no weight decay, no balance");
    }

    @Test
    void l2UnderAdam_isNoDecay() {
        GroupNorms group = onlyGroup(Nets.denseNet(new Adam(0.01), 0.02));

        assertThat(group.balance().rate()).isEqualTo(0.01);
        assertThat(group.balance().decay()).isZero();
        assertThat(group.cosineDistance()).isPositive();
        assertThat(group.note())
                .isEqualTo("Adam: the balance is that of plain SGD; L2Regularization is no decay here; "
                        + "no weight decay, no balance");
    }

    @Test
    void differentRates_leaveTheEffectiveRateEmpty() {
        MultiLayerNetwork net = Nets.stack(
                Nets.settings(new Sgd(0.1)).l2(0.02),
                InputType.feedForward(5),
                Nets.dense("dense", 7)
                        .activation(Activation.RELU)
                        .biasUpdater(new Sgd(0.2))
                        .build(),
                Nets.norm("bn"),
                Nets.output("out"));

        GroupNorms group = onlyGroup(net);

        assertThat(group.balance().effectiveRate()).isNaN();
        assertThat(group.balance().effectiveGradientNorm()).isPositive();
        assertThat(group.note()).isEqualTo("learning rates differ, there is no effective rate");
    }

    @Test
    void gradientOfSummedLoss_isNotDivided() {
        MultiLayerNetwork mean = Nets.denseNet(new Sgd(0.1), 0.02);
        MultiLayerNetwork sum = Nets.stack(
                Nets.settings(new Sgd(0.1)).l2(0.02).miniBatch(false),
                InputType.feedForward(5),
                Nets.dense("dense", 7).build(),
                Nets.norm("bn"),
                Nets.output("out"));

        double ratio = onlyGroup(sum).balance().gradientNorm()
                / onlyGroup(mean).balance().gradientNorm();

        assertThat(ratio).isCloseTo(Nets.BATCH, within(1e-9));
    }

    @Test
    void graph_isMeasuredGroupByGroupAndInSum() {
        ComputationGraph net = Nets.postActivation();
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);

        Nets.fit(net, Nets.images(4), 7);

        ScaleInvarianceHistory history = listener.history();
        assertThat(history.samples()).hasSize(7);
        assertThat(history.verdicts()).allSatisfy(verdict -> {
            assertThat(verdict.checks()).isEqualTo(5);
            assertThat(verdict.isConfirmed()).isTrue();
        });
        assertThat(history.verdicts()).extracting(GroupVerdict::isCounted).containsExactly(true, true, true, false);
        assertThat(history.verdicts().get(3).reason()).endsWith("not in the sums, for gamma and beta never decay");
        ScaleInvarianceSample sample = history.last().get();
        double squares = sample.groups().subList(0, 3).stream()
                .mapToDouble(group -> Math.pow(group.balance().weightNorm(), 2))
                .sum();
        double gradients = sample.groups().subList(0, 3).stream()
                .mapToDouble(group -> Math.pow(group.balance().gradientNorm(), 2))
                .sum();
        assertThat(sample.all().get().balance().weightNorm()).isCloseTo(Math.sqrt(squares), within(1e-12));
        assertThat(sample.all().get().balance().gradientNorm()).isCloseTo(Math.sqrt(gradients), within(1e-12));
    }

    /** A normalization whose eps outweighs the variance does not take the scale away. */
    @Test
    void largeEps_isRefusedByEulersIdentity() {
        MultiLayerNetwork net = Nets.stack(
                Nets.settings(new Sgd(0.1)).l2(0.02),
                InputType.feedForward(5),
                Nets.dense("dense", 7).build(),
                new BatchNormalization.Builder().name("bn").eps(10).build(),
                Nets.dense("good", 6).build(),
                Nets.norm("bn2"),
                Nets.output("out"));
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);

        try (Logs logs = new Logs()) {
            Nets.fit(net, VECTORS, 3);
            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .startsWith("groups that are not scale-invariant are left out of the sums: [dense.W: refused");
        }

        ScaleInvarianceHistory history = listener.history();
        GroupVerdict refused = history.verdicts().get(0);
        assertThat(refused.isConfirmed()).isFalse();
        assertThat(refused.worstDefect()).isGreaterThan(1e-3);
        assertThat(refused.reason()).matches("refused: .* cosine \\S+ is not below 0.00100");
        assertThat(history.last().get().all().get().balance().weightNorm())
                .isEqualTo(history.last().get().groups().get(1).balance().weightNorm());
        assertThat(history.groupTable().toString()).contains("refused");
    }

    @Test
    void settings_refuseNonsense() {
        ScaleInvarianceListener.Builder builder = ScaleInvarianceListener.builder();
        assertThatThrownBy(() -> builder.schedule(SamplingSchedule.everyEpochs(1)))
                .hasMessage(
                        "schedule of ScaleInvarianceListener must count iterations, got 'every 1 epochs'; a sample needs a "
                                + "gradient, use everyIterations(n)");
        assertThatThrownBy(() -> builder.timeBudget(0))
                .hasMessage("timeBudget of ScaleInvarianceListener must be > 0, got 0.0; 0.02 allows two percent");
        assertThatThrownBy(() -> builder.eulerLimit(2))
                .hasMessage(
                        "eulerLimit of ScaleInvarianceListener must be in (0, 1], got 2.0; 1e-3 is the default, 1 refuses "
                                + "none");
        assertThatThrownBy(() -> builder.eulerChecks(0))
                .hasMessage(
                        "eulerChecks of ScaleInvarianceListener must be >= 1, got 0; eulerLimit(1) refuses no group");
    }

    @Test
    void defaults_areThoseOfTheDocumentation() {
        assertThat(ScaleInvarianceListener.create().toString())
                .startsWith("schedule=every 10 iterations, timeBudget=Infinity, eulerLimit=0.001, eulerChecks=5, "
                        + "thresholds=[smoothing=0.1,")
                .endsWith("failFast=false");
        assertThat(ScaleInvarianceListener.create().history().samples()).isEmpty();
        assertThat(ScaleInvarianceListener.create().history().toString()).isEqualTo("no sample yet");
        assertThat(List.of(ScaleInvarianceListener.create().history().section().id()))
                .containsExactly("scale-invariance");
    }
}
