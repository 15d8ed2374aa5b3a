/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Map;
import java.util.Random;

import com.google.common.testing.EqualsTester;
import com.google.common.testing.SerializableTester;
import io.github.dl4jdynamics.spectral.rates.CosineSchedule;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

class MomentumSgdTest {
    private static final int N = 6;
    private static final CosineSchedule COSINE = new CosineSchedule(ScheduleType.ITERATION, 0.1, 25);

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 0.3", "true, 0.3"})
    void applyUpdater_overManySteps_agreesWithANaiveTwin(boolean nesterov, double dampening) {
        MomentumSgd config = MomentumSgd.builder()
                .learningRateSchedule(COSINE)
                .momentum(0.85)
                .dampening(dampening)
                .nesterov(nesterov)
                .build();
        GradientUpdater<?> updater = config.instantiate(Nd4j.create(DataType.DOUBLE, N), true);
        Random random = new Random(3);
        double[] v = null;

        for (int step = 0; step < 20; step++) {
            double[] g = random.doubles(N, -1, 1).toArray();
            INDArray update = Nd4j.createFromArray(g.clone());
            updater.applyUpdater(update, step, 0);

            v = v == null ? g.clone() : velocity(v, g, 0.85, dampening);
            for (int i = 0; i < N; i++) {
                double direction = nesterov ? g[i] + 0.85 * v[i] : v[i];
                assertThat(update.getDouble(i)).isCloseTo(COSINE.valueAt(step, 0) * direction, within(1e-14));
            }
        }
    }

    private static double[] velocity(double[] v, double[] g, double momentum, double dampening) {
        double[] next = new double[v.length];
        for (int i = 0; i < v.length; i++) {
            next[i] = momentum * v[i] + (1 - dampening) * g[i];
        }
        return next;
    }

    @Test
    void applyUpdater_constantRate_takesTheStepsOfNesterovs() {
        GradientUpdater<?> ours = MomentumSgd.builder()
                .learningRate(0.05)
                .nesterov(true)
                .build()
                .instantiate(Nd4j.create(DataType.DOUBLE, N), true);
        GradientUpdater<?> nd4j = new Nesterovs(0.05, 0.9).instantiate(Nd4j.create(DataType.DOUBLE, N), true);

        for (int step = 0; step < 10; step++) {
            INDArray g = Nd4j.linspace(DataType.DOUBLE, -step, 1.0, N);
            INDArray update = g.dup();
            ours.applyUpdater(update, step, 0);
            nd4j.applyUpdater(g, step, 0);

            assertThat(update.toDoubleVector()).containsExactly(g.toDoubleVector(), within(1e-14));
        }
    }

    @Test
    void applyUpdater_rateDropsToZero_stopsAtOnce() {
        MomentumSgd config = new MomentumSgd(0.1, 0.9);
        GradientUpdater<?> updater = config.instantiate(Nd4j.create(DataType.DOUBLE, N), true);
        updater.applyUpdater(Nd4j.ones(DataType.DOUBLE, N), 0, 0);

        config.setLrAndSchedule(0, null);
        INDArray update = Nd4j.ones(DataType.DOUBLE, N);
        updater.applyUpdater(update, 1, 0);

        assertThat(update.amaxNumber().doubleValue()).isZero();
        assertThat(velocity(updater)).containsOnly(1.9);
    }

    @Test
    void applyUpdater_momentumZero_isPlainSgd() {
        GradientUpdater<?> updater = new MomentumSgd(0.5, 0).instantiate(Nd4j.create(DataType.DOUBLE, 2), true);

        for (double g : new double[] {1, -4, 0.5}) {
            INDArray update = Nd4j.createFromArray(g, 2 * g);
            updater.applyUpdater(update, 0, 0);

            assertThat(update.toDoubleVector()).containsExactly(0.5 * g, g);
        }
    }

    @Test
    void applyUpdater_dampeningAfterZeroGradients_treatsTheFirstRealGradientAsTheFirstStep() {
        GradientUpdater<?> updater =
                MomentumSgd.builder().dampening(0.5).build().instantiate(Nd4j.create(DataType.DOUBLE, N), true);
        updater.applyUpdater(Nd4j.zeros(DataType.DOUBLE, N), 0, 0);

        updater.applyUpdater(Nd4j.ones(DataType.DOUBLE, N), 1, 0);

        assertThat(velocity(updater)).containsOnly(1);
    }

    @Test
    void applyUpdater_gradientOfAnotherLayoutOrShape_isChangedInPlace() {
        MomentumSgd config = new MomentumSgd(0.5, 0.9);
        GradientUpdater<?> updater = config.instantiate(Nd4j.create(DataType.FLOAT, N), true);
        updater.setStateViewArray(Nd4j.create(DataType.FLOAT, 1, N), new long[] {2, 3}, 'c', true);
        INDArray columns = Nd4j.createUninitialized(DataType.FLOAT, new long[] {2, 3}, 'f')
                .assign(Nd4j.linspace(DataType.FLOAT, 1.0, 1.0, N).reshape(2, 3));
        INDArray row = Nd4j.linspace(DataType.FLOAT, 1.0, 1.0, N).reshape(1, N);

        updater.applyUpdater(columns, 0, 0);
        updater.applyUpdater(row, 1, 0);

        assertThat(columns.dup('c').reshape(N).toFloatVector()).containsExactly(0.5f, 1, 1.5f, 2, 2.5f, 3);
        assertThat(row.toFloatVector())
                .containsExactly(new float[] {0.95f, 1.9f, 2.85f, 3.8f, 4.75f, 5.7f}, within(1e-6f));
    }

    @Test
    void instantiate_withAView_keepsTheVelocityInIt() {
        INDArray all = Nd4j.valueArrayOf(new long[] {10}, 7.0, DataType.DOUBLE);
        INDArray view = all.get(NDArrayIndex.interval(2, 2 + N));

        MomentumSgd config = new MomentumSgd(0.1, 0.5);
        config.instantiate(view, false).applyUpdater(Nd4j.ones(DataType.DOUBLE, N), 0, 0);

        assertThat(all.toDoubleVector()).containsExactly(7, 7, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 7, 7);
        config.instantiate(view, true);
        assertThat(all.toDoubleVector()).containsExactly(7, 7, 0, 0, 0, 0, 0, 0, 7, 7);
    }

    @Test
    void instantiate_withAMap_continuesFromItsVelocity() {
        Map<String, INDArray> state = Map.of("V", Nd4j.valueArrayOf(new long[] {2, 3}, 2.0));
        MomentumSgd config = new MomentumSgd(1, 0.5);

        INDArray update = Nd4j.ones(2, 3);
        GradientUpdater<?> updater = config.instantiate(state, false);
        updater.applyUpdater(update, 0, 0);

        assertThat(update).isEqualTo(Nd4j.valueArrayOf(new long[] {2, 3}, 2.0));
        assertThat(updater.getState()).containsOnlyKeys("V");
        assertThat(updater.getConfig()).isSameAs(config);
        assertThat(velocity(config.instantiate(state, true))).containsOnly(0);
    }

    @Test
    void instantiate_withAnotherUpdatersMap_isRefused() {
        Map<String, INDArray> state = Map.of("M", Nd4j.ones(2));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MomentumSgd().instantiate(state, false))
                .withMessage("state of MomentumSgd must hold the one key V, got [M]; was it saved by another updater?");
    }

    @Test
    void applyUpdater_withoutState_saysSo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new MomentumSgdUpdater(new MomentumSgd()).applyUpdater(Nd4j.ones(2), 0, 0))
                .withMessage("MomentumSgd has no velocity yet; call setStateViewArray or setState first");
    }

    @Test
    void stateSize_isOnePerParameter() {
        assertThat(new MomentumSgd().stateSize(12_345_678_901L)).isEqualTo(12_345_678_901L);
    }

    @Test
    void rate_comesFromTheScheduleWhereThereIsOne() {
        MomentumSgd config = new MomentumSgd();

        assertThat(config.hasLearningRate()).isTrue();
        assertThat(config.getLearningRate(5, 5)).isEqualTo(0.1);
        config.setLrAndSchedule(Double.NaN, COSINE);
        assertThat(config.getLearningRate(5, 0)).isEqualTo(COSINE.valueAt(5, 0));
        assertThat(new MomentumSgd(COSINE)).isEqualTo(config);
    }

    @Test
    void equals_comparesEverySetting() {
        MomentumSgd.Builder builder = new MomentumSgd.Builder();
        EqualsTester tester = new EqualsTester()
                .addEqualityGroup(
                        builder.build(), new MomentumSgd(), builder.build().clone())
                .addEqualityGroup(
                        builder.learningRate(0.2).build(), builder.build().clone())
                .addEqualityGroup(builder.momentum(0.8).build(), new MomentumSgd(0.2, 0.8))
                .addEqualityGroup(
                        builder.nesterov(true).build(), builder.build().clone())
                .addEqualityGroup(
                        builder.dampening(0.1).build(), builder.build().clone())
                .addEqualityGroup(
                        builder.learningRateSchedule(COSINE).build(),
                        builder.build().clone());

        tester.testEquals();
    }

    @Test
    void json_isTheFileFormat() throws Exception {
        ObjectMapper mapper = NeuralNetConfiguration.mapper();
        MomentumSgd config = MomentumSgd.builder()
                .learningRate(0.2)
                .momentum(0.8)
                .dampening(0.1)
                .nesterov(true)
                .build();

        String json = mapper.writeValueAsString(config);

        assertThat(mapper.readTree(json))
                .isEqualTo(mapper.readTree("{\"@class\":\"io.github.dl4jdynamics.tempbalance.MomentumSgd\","
                        + "\"learningRate\":0.2,\"momentum\":0.8,\"dampening\":0.1,\"nesterov\":true}"));
        assertThat(mapper.readValue(json, IUpdater.class)).isEqualTo(config);
    }

    @Test
    void json_withASchedule_roundTrips() throws Exception {
        ObjectMapper mapper = NeuralNetConfiguration.mapper();
        MomentumSgd config = new MomentumSgd(COSINE, 0.7);

        IUpdater read = mapper.readValue(mapper.writeValueAsString(config), IUpdater.class);

        assertThat(read).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(read.getLearningRate(9, 0)).isEqualTo(COSINE.valueAt(9, 0));
    }

    @Test
    void javaSerialization_roundTrips() {
        SerializableTester.reserializeAndAssert(new MomentumSgd(COSINE));
    }

    @Test
    void build_badSettings_saysWhatAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MomentumSgd(0.1, 1))
                .withMessage("momentum of MomentumSgd must lie in [0, 1), got 1.0; 0.9 is common");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MomentumSgd.builder().dampening(-0.5).build())
                .withMessage("dampening of MomentumSgd must lie in [0, 1), got -0.5; 0 is PyTorch's default");
        for (double rate : new double[] {-1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new MomentumSgd().setLrAndSchedule(rate, null))
                    .withMessage(
                            "learningRate of MomentumSgd must be finite and >= 0 if there is no schedule, got " + rate);
        }
    }

    private static double[] velocity(GradientUpdater<?> updater) {
        INDArray v = updater.getState().get("V");
        return v.dup('c').reshape(v.length()).toDoubleVector();
    }
}
