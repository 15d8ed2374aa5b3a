/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** With all factors at 1 a network trains as if there were no TempBalance: to the last bit, state included. */
class PurityTest {

    static Stream<Arguments> everyUpdaterAndType() {
        return Updaters.all().flatMap(updater -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .map(type -> Arguments.of(updater.get()[0], updater.get()[1], type)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("everyUpdaterAndType")
    void stack_factorsOfOne_trainsBitIdentically(String name, Supplier<IUpdater> updater, DataType type) {
        assertPure(Networks.stack(updater.get(), type), Networks.stack(updater.get(), type));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("everyUpdaterAndType")
    void graph_factorsOfOne_trainsBitIdentically(String name, Supplier<IUpdater> updater, DataType type) {
        assertPure(Networks.graph(updater.get(), type), Networks.graph(updater.get(), type));
    }

    private static void assertPure(Model plain, Model tuned) {
        List<TempBalanceUpdate> updates;
        Networks.seed(7);
        Networks.fitEpochs(plain, 3, 2);
        Networks.fitBatches(plain, 2);

        Networks.seed(7);
        TempBalanceListener listener =
                Networks.ones().everyIterations(1).build().attach(tuned);
        Networks.fitEpochs(tuned, 3, 2);
        Networks.fitBatches(tuned, 2);
        updates = listener.history().updates();

        assertThat(updates).hasSize(9);
        assertThat(updates)
                .allSatisfy(update ->
                        assertThat(update.layer("second").get().score()).isFinite());
        assertThat(Networks.blocks(tuned)).isGreaterThan(Networks.blocks(plain));
        assertThat(Networks.bits(tuned.params())).isEqualTo(Networks.bits(plain.params()));
        AttachTest.assertSameState(tuned, plain);
    }

    @Test
    void measurement_leavesTheRandomGeneratorAlone() {
        Model net = Networks.stack(new Adam(1e-2));
        Networks.seed(3);
        double expected = Nd4j.getRandom().nextDouble();

        Networks.seed(3);
        Networks.settings().build().attach(net);

        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }
}
