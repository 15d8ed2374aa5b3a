/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import io.github.dl4jdynamics.spectral.report.Table;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the builder takes. */
class SettingsTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    @Test
    void builder_refusesWhatCannotBe() {
        List<Consumer<LossChangeAllocationBuilder>> wrong = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        wrong.add(b -> b.timeBudget(0));
        messages.add("timeBudget must be > 0, got 0.0; 1.0 lets training take twice as long");
        wrong.add(b -> b.timeBudget(Double.NaN));
        messages.add("timeBudget must be > 0, got NaN; 1.0 lets training take twice as long");
        wrong.add(b -> b.schedule(SamplingSchedule.everyEpochs(1)));
        messages.add(
                "schedule of LossChangeAllocation must count iterations, got 'every 1 epochs'; use everyIterations(k) with "
                        + "the number of updates in an epoch");
        wrong.add(b -> b.basis(Nd4j.ones(2, 3)));
        messages.add(
                "rows of the basis must be orthonormal, got inner products off by 3.0; take the Q of a QR decomposition");
        wrong.add(b -> b.basis(Nd4j.create(new double[][] {{1, Double.NaN}})));
        messages.add(
                "rows of the basis must be orthonormal, got inner products off by NaN; take the Q of a QR decomposition");
        wrong.add(b -> b.basis(Nd4j.ones(3)));
        messages.add("basis must have shape [directions, parameters], got rank 1");
        wrong.add(b -> b.validation(TRAIN).validation(TRAIN));
        messages.add("loss data must have names of their own, got 'validation' twice");
        wrong.add(b -> b.further("train", TRAIN));
        messages.add("loss data must have names of their own, got 'train' twice");
        for (String blank : new String[] {"", " "}) {
            wrong.add(b -> b.further(blank, TRAIN));
            messages.add("name of loss data must not be blank, got '" + blank + "'; 'test' will do");
        }
        for (int i = 0; i < wrong.size(); i++) {
            Consumer<LossChangeAllocationBuilder> setting = wrong.get(i);
            assertThatThrownBy(() -> setting.accept(builder()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(messages.get(i));
        }
        assertThatThrownBy(() -> LossChangeAllocationListener.builder(new ListDataSetIterator<>(List.<DataSet>of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loss data must have at least one row, got an empty iterator");
        assertThatThrownBy(() -> LossChangeAllocationListener.builder((LossData) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("LossData.of(iterator)");
    }

    /** In JSON one of two columns of a name would be lost. */
    @Test
    void namesOfColumns_areNoNamesOfData() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca =
                builder().further("test", TRAIN).build().attach(net);
        Nets.updates(net, 1);
        AllocationHistory history = lca.history();
        Table layers = AllocationTables.layerTotals(history, history.analysis().verdicts(0));
        Set<String> columns = new HashSet<>();
        for (Table table : List.of(history.arrayTable(), history.unitTable(), layers)) {
            columns.addAll(table.columns());
        }
        assertThat(columns).contains("layer", "array", "key", "unit", "group", "verdict");
        columns.removeAll(history.dataSets());

        for (String column : columns) {
            assertThatThrownBy(() -> builder().further(column, TRAIN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("name of loss data must differ from the other columns of tables, [array, ")
                    .hasMessageEndingWith("got '" + column + "'; 'test' will do");
        }
        assertThatThrownBy(() -> builder().further(null, TRAIN))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name of loss data must not be null; 'test' will do");
    }
}
