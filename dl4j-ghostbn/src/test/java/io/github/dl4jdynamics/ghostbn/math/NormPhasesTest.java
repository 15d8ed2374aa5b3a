/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static io.github.dl4jdynamics.ghostbn.math.NormPhase.DESTABILIZED;
import static io.github.dl4jdynamics.ghostbn.math.NormPhase.EQUILIBRIUM;
import static io.github.dl4jdynamics.ghostbn.math.NormPhase.ONSET;
import static io.github.dl4jdynamics.ghostbn.math.NormPhase.SHRINKING;
import static io.github.dl4jdynamics.ghostbn.math.NormPhase.UNDETERMINED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Time constant of the decay in the hand-made traces: 1000 iterations. */
class NormPhasesTest {
    private static final double DECAY = 1e-3;

    private final NormPhases phases = new NormPhases(NormThresholds.defaults());
    private long iteration;
    private double norm = 10;

    /** Iterations of a constant ratio and loss, the norm following as it must. */
    private NormPhase run(int iterations, double ratio, double loss) {
        for (int i = 0; i < iterations; i++) {
            double rate = 0.1;
            double gradient = ratio * norm / rate * Math.sqrt(DECAY * (2 - DECAY));
            NormBalance balance = NormBalance.of(norm, gradient, rate, DECAY);
            double turn = 1 - Math.cos(Math.atan(balance.tangentOfAngle()));
            phases.add(NormSample.of(iteration++, loss, balance, turn));
            norm = Math.sqrt(balance.predictedSquaredNorm());
        }
        return phases.phase();
    }

    private List<NormPhase> sequence() {
        return phases.events().stream().map(NormEvent::phase).collect(Collectors.toList());
    }

    @Test
    void shrinking_needsItsSpan() {
        assertThat(run(50, 0.5, 1)).isEqualTo(UNDETERMINED);

        assertThat(run(10, 0.5, 1)).isEqualTo(SHRINKING);
        assertThat(phases.events().get(0).reason()).startsWith("norm falls, balance ratio 0.500 for 50 iterations");
    }

    @Test
    void ratioCloseBelowOne_isNoShrinking() {
        assertThat(run(900, 0.95, 1)).isEqualTo(UNDETERMINED);
    }

    @Test
    void onset_isTheCrossingAfterShrinking() {
        run(300, 0.5, 1);

        assertThat(run(200, 1.3, 1)).isEqualTo(ONSET);
        assertThat(sequence()).containsExactly(SHRINKING, ONSET);
        assertThat(phases.events().get(1).iteration()).isBetween(301L, 450L);
    }

    @Test
    void onset_thatFallsBack_shrinksAgain() {
        run(300, 0.5, 1);
        run(200, 1.3, 1);

        assertThat(run(500, 0.5, 1)).isEqualTo(SHRINKING);
    }

    @Test
    void blowUp_needsBothAStepAndAnEffect() {
        run(300, 0.5, 1);

        assertThat(run(1, 5, 1)).as("a large step, the loss as before").isEqualTo(SHRINKING);
        run(1, 0.5, 1);
        assertThat(run(1, 0.5, 3)).as("a high loss, the step small").isEqualTo(SHRINKING);
        assertThat(run(1, 5, 3)).isEqualTo(DESTABILIZED);
        assertThat(phases.events().get(1).reason()).isEqualTo("balance ratio 5.00, loss 3.00 times its minimum");
    }

    @Test
    void blowUp_ofNegativeLoss_showsInTheNorm() {
        run(300, 0.5, -1);

        assertThat(run(20, 8, 1)).isEqualTo(DESTABILIZED);
        assertThat(phases.events().get(1).reason())
                .matches("balance ratio 8\\.00, squared norm 1\\.\\d+ times its minimum");
    }

    @Test
    void jump_ofTheDirectionAlone_destabilises() {
        run(300, 0.5, 1);
        NormBalance small = NormBalance.of(norm, 0.01, 0.1, DECAY);

        phases.add(NormSample.of(iteration, 3, small, 0.02));

        assertThat(phases.phase()).isEqualTo(DESTABILIZED);
        assertThat(phases.events().get(1).reason()).startsWith("cosine distance 0.0200, loss 3.00 times");
    }

    @Test
    void blowUp_betweenTwoSamples_showsInTheNorm() {
        run(300, 0.5, 1);
        NormBalance small = NormBalance.of(norm * 1.2, 0.01, 0.1, DECAY);
        iteration += 20;

        phases.add(NormSample.of(iteration, 1, small, 0));

        assertThat(phases.phase()).isEqualTo(DESTABILIZED);
        // sqrt((1.2^(2/21) - 0.999^2) / (1 - 0.999^2)), 21 iterations after the last sample
        assertThat(phases.events().get(1).reason())
                .matches(
                        "balance ratio 3\\.1\\d on average since the last sample, squared norm 1\\.\\d+ times its minimum");
    }

    @Test
    void growthAtTheBeginning_isNoDestabilisation() {
        run(100, 6, 5);
        run(100, 6, 1);

        assertThat(phases.events()).isEmpty();
    }

    @Test
    void newPeriod_beginsWhenTheRatioIsBelowOneAndTheLossFalls() {
        run(400, 0.5, 1);
        double before = norm;
        run(10, 10, 4);
        assertThat(phases.phase()).isEqualTo(DESTABILIZED);
        double after = norm;
        assertThat(after).isGreaterThan(10);

        run(300, 0.5, 1);

        assertThat(sequence()).containsExactly(SHRINKING, DESTABILIZED, UNDETERMINED, SHRINKING);
        assertThat(phases.events().get(2).reason()).startsWith("new period after 4");
        assertThat(phases.periods()).hasSize(2);
        NormPeriod first = phases.periods().get(0);
        assertThat(first.begin()).isZero();
        assertThat(first.lossPeak()).isEqualTo(4);
        assertThat(first.minWeightNorm()).isEqualTo(before);
        assertThat(first.maxWeightNorm()).isEqualTo(after);
        assertThat(first.maxEffectiveRate()).isEqualTo(0.1 / (before * before));
        assertThat(first.minEffectiveRate()).isEqualTo(0.1 / (after * after));
        assertThat(phases.periods().get(1).begin()).isEqualTo(first.end());
        assertThat(phases.periods().get(1).lossPeak()).isEqualTo(1);
    }

    @Test
    void equilibrium_needsAWholeTimeConstantAndHasHysteresis() {
        assertThat(run(1000, 1.05, 1)).isEqualTo(UNDETERMINED);
        assertThat(run(2, 1.05, 1)).isEqualTo(EQUILIBRIUM);
        assertThat(run(1000, 1.15, 1)).isEqualTo(EQUILIBRIUM);
        assertThat(run(1000, 1.3, 1)).isEqualTo(UNDETERMINED);
        assertThat(sequence()).containsExactly(EQUILIBRIUM, UNDETERMINED);
    }

    @Test
    void noise_aroundBalance_isSmoothed() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 3000; i++) {
            run(1, Math.exp(0.5 * (random.nextDouble() - 0.5)), 1 + 0.2 * random.nextDouble());
        }

        assertThat(sequence()).containsExactly(EQUILIBRIUM);
    }

    @Test
    void sparseSamples_giveTheSamePhases() {
        NormPhases sparse = new NormPhases(NormThresholds.defaults());
        double rho = 10;
        for (int i = 0; i < 1000; i += 20) {
            sparse.add(NormSample.of(i, 1, NormBalance.of(rho, 0.1, 0.1, DECAY), 0));
            rho *= Math.pow(1 - DECAY, 20);
        }

        assertThat(sparse.events()).hasSize(1);
        assertThat(sparse.events().get(0).phase()).isEqualTo(SHRINKING);
        assertThat(sparse.events().get(0).iteration()).isBetween(50L, 100L);
    }

    @Test
    void noDecay_isUndetermined() {
        for (int i = 0; i < 100; i++) {
            phases.add(NormSample.of(i, 1, NormBalance.of(10 - 0.01 * i, 1, 0.1, 0), 0));
        }

        assertThat(phases.phase()).isEqualTo(UNDETERMINED);
        assertThat(phases.events()).isEmpty();
        assertThat(phases.periods()).hasSize(1);
    }

    @Test
    void decayThatEnds_endsThePhase() {
        run(300, 0.5, 1);
        phases.add(NormSample.of(iteration, 1, NormBalance.of(norm, 1, 0.1, 0), 0));

        assertThat(phases.phase()).isEqualTo(UNDETERMINED);
        assertThat(phases.events().get(1).reason()).isEqualTo("no weight decay, nothing balances the growth");
    }

    @Test
    void nan_endsThePhaseAndIsForgotten() {
        run(300, 0.5, 1);
        phases.add(NormSample.of(iteration++, Double.NaN, NormBalance.of(norm, 1, 0.1, DECAY), 0));
        assertThat(phases.phase()).isEqualTo(UNDETERMINED);
        assertThat(phases.events().get(1).reason()).isEqualTo("loss, norm or gradient is not finite");

        assertThat(run(100, 0.5, 1)).isEqualTo(SHRINKING);
        assertThat(phases.periods().get(0).lossPeak()).isEqualTo(1);
    }

    @Test
    void iterationThatGoesBack_beginsAnew() {
        run(300, 0.5, 1);
        iteration = 0;
        run(10, 0.5, 1);

        assertThat(phases.phase()).isEqualTo(UNDETERMINED);
        assertThat(phases.events().get(1).reason()).isEqualTo("iteration went back from 299, everything begins anew");
        assertThat(phases.periods()).hasSize(2);
    }

    /** Real dynamics: the gradient vanishes in the minimum, the norm decays until the sphere is too small for the step. */
    @Test
    void descentOnTheSphere_withDecay_isPeriodic() {
        SphereLoss loss = new SphereLoss(new double[][] {{0.01, 0, 0}, {0, 1, 0}, {0, 0, 3}});
        double[] weights = {1, 0.7, -0.4};
        double rate = 0.05;
        double decay = 0.002;
        for (int i = 0; i < 12_000; i++) {
            double[] gradient = loss.gradient(weights);
            double[] next = SphereLoss.step(weights, gradient, rate, decay);
            EulerIdentity identity = new EulerIdentity().add(weights, gradient);
            phases.add(NormSample.of(
                    i,
                    loss.value(weights),
                    NormBalance.of(identity.weightNorm(), identity.gradientNorm(), rate, decay),
                    new NormStep().add(weights, next).cosineDistance()));
            weights = next;
        }

        assertThat(phases.periods().size()).isGreaterThanOrEqualTo(3);
        assertThat(sequence()).startsWith(SHRINKING).contains(DESTABILIZED);
        for (NormPeriod period : phases.periods().subList(0, phases.periods().size() - 1)) {
            // The step diverges when the effective rate times the curvature, 2 (3 - 0.01), exceeds 2.
            assertThat(period.maxEffectiveRate()).isGreaterThan(1 / 2.99);
            assertThat(period.maxWeightNorm()).isGreaterThan(period.minWeightNorm());
        }
    }

    @Test
    void thresholds_refuseNonsense() {
        NormThresholds.Builder builder = NormThresholds.builder();
        assertThatThrownBy(() -> builder.smoothing(0))
                .hasMessage("smoothing of NormThresholds must be > 0, got 0.0; 0.1 is the default");
        assertThatThrownBy(() -> builder.shrinkingRatio(1.1))
                .hasMessage("shrinkingRatio of NormThresholds must be in (0, 1], got 1.1; 0.9 is the default");
        assertThatThrownBy(() -> builder.blowUpRatio(0.5))
                .hasMessage("blowUpRatio of NormThresholds must be >= 1, got 0.5; 3 is the default");
        assertThatThrownBy(() -> builder.lossFactor(1))
                .hasMessage("lossFactor of NormThresholds must be > 1, got 1.0; 2 is the default");
        assertThatThrownBy(() -> builder.normGrowth(Double.NaN))
                .hasMessage("normGrowth of NormThresholds must be > 0, got NaN; 0.05 is the default");
    }

    @Test
    void thresholds_decide() {
        NormPhases patient =
                new NormPhases(NormThresholds.builder().shrinkingSpan(0.5).build());
        NormPhases quick =
                new NormPhases(NormThresholds.builder().shrinkingSpan(0.01).build());
        for (int i = 0; i < 100; i++) {
            NormSample sample = NormSample.of(i, 1, NormBalance.of(10 * Math.exp(-DECAY * i), 0.1, 0.1, DECAY), 0);
            patient.add(sample);
            quick.add(sample);
        }

        assertThat(patient.phase()).isEqualTo(UNDETERMINED);
        assertThat(quick.phase()).isEqualTo(SHRINKING);
    }
}
