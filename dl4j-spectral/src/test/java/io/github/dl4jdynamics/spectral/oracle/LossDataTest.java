/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.SamplingDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LossDataTest {
    private static final DataSet ROWS = Networks.rows(10, 4);

    private static DataSetIterator iterator(int batch) {
        return new ListDataSetIterator<>(ROWS.asList(), batch);
    }

    @Test
    void means_weighRowsAlike() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(4), new DenseLayer.Builder().nOut(5).build(), Networks.output());
        LossOracle oracle = LossOracle.builder(net).build();
        LossData whole = LossData.of(ROWS);
        LossData uneven = LossData.of(iterator(4));

        INDArray expected = oracle.zeros();
        INDArray gradient = oracle.zeros();
        double loss = oracle.addGradient(whole, 1, expected);

        assertThat(uneven.batches()).extracting(LossData::rows).containsExactly(4L, 4L, 2L);
        assertThat(oracle.addGradient(uneven, 1, gradient)).isCloseTo(loss, within(1e-15));
        assertThat(oracle.loss(uneven)).isCloseTo(loss, within(1e-15));
        assertThat(gradient.distance2(expected)).isLessThan(1e-15);
        assertThat(loss).isCloseTo(net.score(ROWS), within(1e-15));
    }

    @Test
    void weight_scalesWhatIsAdded() {
        MultiLayerNetwork net = Networks.sequence(InputType.feedForward(4), Networks.output());
        LossOracle oracle = LossOracle.builder(net).regularization(true).build();
        INDArray once = oracle.zeros();
        oracle.addGradient(LossData.of(ROWS), 1, once);
        INDArray sum = oracle.zeros().addi(1);

        oracle.addGradient(LossData.of(ROWS), -0.5, sum);

        assertThat(sum.distance2(once.mul(-0.5).addi(1))).isLessThan(1e-15);
    }

    @Test
    void gradient_takesThePlaceOfWhatWasThere() {
        MultiLayerNetwork net = Networks.sequence(InputType.feedForward(4), Networks.output());
        LossOracle oracle = LossOracle.builder(net).regularization(true).build();
        LossData data = LossData.of(ROWS).batches(4);
        INDArray added = oracle.zeros();
        double loss = oracle.addGradient(data, 1, added);
        INDArray gradient = oracle.zeros().addi(Double.NaN);

        assertThat(oracle.gradient(data, gradient)).isEqualTo(loss);

        assertThat(gradient.distance2(added)).isLessThan(1e-15);
    }

    @Test
    void rows_areThoseOfTheIteratorWithItsPreprocessorAndItIsReset() {
        DataSetIterator iterator = iterator(3);
        iterator.next();
        iterator.setPreProcessor(data -> data.setFeatures(data.getFeatures().mul(2)));

        LossData data = LossData.of(iterator);

        assertThat(data.rows()).isEqualTo(10);
        assertThat(data.largestBatch()).isEqualTo(3);
        assertThat(Networks.bits(together(data)))
                .isEqualTo(Networks.bits(ROWS.getFeatures().mul(2)));
        assertThat(iterator.hasNext()).isTrue();
        assertThat(data).hasToString("10 rows in 4 batches of at most 3");
    }

    /** What is drawn for loss data must not be missing where dropout and shuffling draw in training. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void randomNumbersThatAnIteratorDraws_areNotTakenFromTraining(boolean multiple) {
        Nd4j.getRandom().setSeed(5);
        double[] expected = Networks.bits(Nd4j.rand(7));
        Nd4j.getRandom().setSeed(5);

        DataSetIterator drawing = new SamplingDataSetIterator(ROWS, 3, 9);
        LossData data = multiple ? LossData.of(new MultiDataSetIteratorAdapter(drawing)) : LossData.of(drawing);

        assertThat(Nd4j.getRandom().getSeed()).isEqualTo(5);
        assertThat(Networks.bits(Nd4j.rand(7))).isEqualTo(expected);
        assertThat(data.rows()).isEqualTo(9);
        assertThat(numbers(data)).hasSize(9);
    }

    @Test
    void rowsOfAsyncIterator_areCopied() {
        AsyncDataSetIterator iterator = new AsyncDataSetIterator(iterator(4), 2, true);
        try {
            LossData data = LossData.of(iterator);

            assertThat(Networks.bits(together(data))).isEqualTo(Networks.bits(ROWS.getFeatures()));
            for (MultiDataSet batch : data.batches()) {
                assertThat(batch.getFeatures(0).isAttached()).isFalse();
                assertThat(batch.getLabels(0).isAttached()).isFalse();
            }
        } finally {
            iterator.shutdown();
        }
    }

    @Test
    @SuppressWarnings("try") // the workspace is left by closing it
    void arraysMadeInsideAWorkspace_areNotAttachedToIt() {
        LossData whole = LossData.of(ROWS);
        try (MemoryWorkspace open = Nd4j.getWorkspaceManager().getAndActivateWorkspace("open")) {
            for (LossData data : List.of(LossData.of(Networks.rows(10, 4)), whole.sample(5, 1), whole.batches(3))) {
                for (MultiDataSet batch : data.batches()) {
                    assertThat(batch.getFeatures(0).isAttached()).isFalse();
                    assertThat(batch.getLabels(0).isAttached()).isFalse();
                }
            }
        }
    }

    @Test
    void rows_areCopiesOfTheCallers() {
        DataSet own = Networks.rows(3, 4);
        LossData data = LossData.of(own);
        INDArray before = own.getFeatures().dup();

        own.getFeatures().assign(0);

        assertThat(Networks.bits(together(data))).isEqualTo(Networks.bits(before));
    }

    @Test
    void masksAndSeveralArrays_goWithTheirRows() {
        DataSet sequences = Networks.sequences(6, 2, 4);
        sequences.setFeaturesMaskArray(Networks.lengths(6, 4));
        sequences.setLabelsMaskArray(Networks.lengths(6, 4));
        LossData data = LossData.of(new MultiDataSetIteratorAdapter(new ListDataSetIterator<>(List.of(sequences), 6)));

        LossData cut = data.batches(4);

        assertThat(cut.batches()).hasSize(2);
        MultiDataSet second = cut.batches().get(1);
        DataSet expected = (DataSet) sequences.getRange(4, 6);
        assertThat(Networks.bits(second.getFeatures(0))).isEqualTo(Networks.bits(expected.getFeatures()));
        assertThat(Networks.bits(second.getFeaturesMaskArray(0)))
                .isEqualTo(Networks.bits(expected.getFeaturesMaskArray()));
        assertThat(Networks.bits(second.getLabelsMaskArray(0))).isEqualTo(Networks.bits(expected.getLabelsMaskArray()));
        MultiLayerNetwork net = Networks.sequence(
                InputType.recurrent(2, 4), new LSTM.Builder().nOut(3).build(), Networks.sequenceOutput());
        LossOracle oracle = LossOracle.builder(net).build();
        assertThat(oracle.loss(cut))
                .isCloseTo(oracle.loss(data), within(1e-14))
                .isCloseTo(net.score(sequences), within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsWithoutMask_countInFullNextToMaskedOnes(boolean maskedFirst) {
        DataSet masked = Networks.sequences(3, 2, 4);
        masked.setFeaturesMaskArray(Networks.lengths(3, 4));
        masked.setLabelsMaskArray(Networks.lengths(3, 4));
        DataSet whole = Networks.sequences(5, 2, 4);
        List<DataSet> batches = maskedFirst ? List.of(masked, whole) : List.of(whole, masked);
        LossData data = LossData.of(new ListDataSetIterator<>(batches, 1));
        MultiLayerNetwork net = Networks.sequence(
                InputType.recurrent(2, 4), new LSTM.Builder().nOut(3).build(), Networks.sequenceOutput());
        LossOracle oracle = LossOracle.builder(net).build();

        LossData together = data.batches(8);

        assertThat(together.batches()).hasSize(1);
        INDArray mask = together.batches().get(0).getLabelsMaskArray(0);
        assertThat(mask.size(0)).isEqualTo(8);
        assertThat(mask.sumNumber().doubleValue())
                .isEqualTo(20 + Networks.lengths(3, 4).sumNumber().doubleValue());
        assertThat(Networks.bits(together.batches().get(0).getFeaturesMaskArray(0)))
                .isEqualTo(Networks.bits(mask));
        assertThat(oracle.loss(together)).isCloseTo(oracle.loss(data), within(1e-14));
        assertThat(oracle.loss(data.first(8))).isCloseTo(oracle.loss(data), within(1e-14));
        // Only those batches get a mask in which some row has one.
        assertThat(data.first(maskedFirst ? 3 : 5).batches().get(0).hasMaskArrays())
                .isEqualTo(maskedFirst);
    }

    @Test
    void sequencesOfDifferentLengths_areNotPutIntoOneBatch() {
        List<DataSet> sequences = List.of(Networks.sequences(3, 2, 4), Networks.sequences(3, 2, 6));
        LossData data = LossData.of(new ListDataSetIterator<>(sequences, 1));

        assertThat(data.rows()).isEqualTo(6);
        assertThatThrownBy(() -> data.batches(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "rows of the loss data that come into one batch must be of one shape, got features of shapes "
                                + "[[3, 2, 4]] and [[3, 2, 6]]; pad sequences to one length and mask them");
        assertThat(data.batches(3).batches()).hasSize(2);
    }

    @Test
    void first_takesRowsFromTheBeginning() {
        LossData data = LossData.of(iterator(4)).first(5);

        assertThat(data.batches()).extracting(LossData::rows).containsExactly(4L, 1L);
        assertThat(Networks.bits(together(data)))
                .isEqualTo(Networks.bits(ROWS.getRange(0, 5).getFeatures()));
        assertThat(LossData.of(ROWS).first(99).rows()).isEqualTo(10);
    }

    @Test
    void classes_areTheLargestLabelsOfTheRows() {
        assertThat(LossData.of(iterator(4)).classes())
                .isEqualTo(ROWS.getLabels().argMax(1).toIntVector())
                .contains(0, 1, 2);
    }

    @Test
    void classes_needPlainLabelsInEveryBatch() {
        DataSet masked = Networks.rows(3, 4);
        masked.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 3, 1));
        LossData data = LossData.of(new ListDataSetIterator<>(List.of(Networks.rows(3, 4), masked), 1));

        assertThatThrownBy(data::classes)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "loss data by class must have one array of labels, of shape [rows, classes], without mask, got "
                                + "1 arrays, the first of shape [3, 3], a mask");
    }

    @Test
    void sample_isFixedByItsSeedAndInOrder() {
        LossData data = LossData.of(iterator(3));

        List<Integer> rows = numbers(data.sample(4, 7));

        assertThat(rows).hasSize(4).isSorted().doesNotHaveDuplicates().isEqualTo(numbers(data.sample(4, 7)));
        assertThat(rows).isEqualTo(numbers(data.batches(10).sample(4, 7)));
        assertThat(numbers(data.sample(99, 7))).hasSize(10);
    }

    @Test
    void sample_isUniform() {
        LossData data = LossData.of(ROWS);
        int[] counts = new int[10];
        int[][] pairs = new int[10][10];
        for (int seed = 0; seed < 2000; seed++) {
            List<Integer> rows = numbers(data.sample(3, seed));
            for (int row : rows) {
                counts[row]++;
                rows.forEach(other -> pairs[row][other]++);
            }
        }

        // 600 of 2000 each with a deviation of 20; 133 for each pair with one of 11.
        assertThat(Arrays.stream(counts).boxed().collect(Collectors.toList())).allMatch(n -> Math.abs(n - 600) < 90);
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < i; j++) {
                assertThat(pairs[i][j]).isBetween(80, 190);
            }
        }
    }

    @Test
    void badData_isRefusedInWords() {
        DataSetIterator empty = new ListDataSetIterator<>(List.<DataSet>of(), 4);
        INDArray four = Networks.features(4, 2);

        assertThatThrownBy(() -> LossData.of(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loss data must have at least one row, got an empty iterator; was it reset or used up?");
        assertThatThrownBy(() -> LossData.of(new DataSet(four, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 0 of the loss data must have features and labels, got features [[4, 2]] and labels "
                        + "none");
        assertThatThrownBy(() -> LossData.of(new DataSet(four, Networks.classes(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "features and labels of batch 0 of the loss data must have as many rows, got features [[4, 2]] "
                                + "and labels [[3, 3]]");
        assertThatThrownBy(() -> LossData.of(ROWS).sample(0, 1)).hasMessageContaining("must be >= 1, got 0");
        assertThatThrownBy(() -> LossData.of(ROWS).first(-1)).hasMessageContaining("must be >= 1, got -1");
        assertThatThrownBy(() -> LossData.of(ROWS).batches(0)).hasMessageContaining("must be >= 1, got 0");
        assertThatThrownBy(() -> LossData.of((DataSet) null)).hasMessageContaining("must be a DataSet, got null");
    }

    @Test
    void dataOfAnotherShapeThanTheNetworks_areNamed() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(4), new DenseLayer.Builder().nOut(5).build(), Networks.output());
        LossOracle sequence = LossOracle.builder(net).build();
        LossOracle graph = LossOracle.builder(net.toComputationGraph()).build();
        LossData narrow = LossData.of(Networks.rows(6, 3)).batches(4);
        LossData two = LossData.of(new org.nd4j.linalg.dataset.MultiDataSet(
                new INDArray[] {Networks.features(4, 4), Networks.features(4, 4)},
                new INDArray[] {Networks.classes(4)}));

        for (LossOracle oracle : List.of(sequence, graph)) {
            for (ToDoubleFunction<LossData> evaluation : List.<ToDoubleFunction<LossData>>of(
                    oracle::loss, data -> oracle.addGradient(data, 1, oracle.zeros()))) {
                assertThatThrownBy(() -> evaluation.applyAsDouble(narrow))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(
                                "the network must be able to evaluate batch 0 of the loss data, got features "
                                        + "[[4, 3]] and labels [[4, 3]]: ")
                        .hasCauseInstanceOf(RuntimeException.class);
                assertThatThrownBy(() -> evaluation.applyAsDouble(two))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("got 2 and 1");
            }
            assertThat(oracle.loss(LossData.of(ROWS))).isCloseTo(net.score(ROWS), within(1e-14));
        }
        assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isNull();
    }

    private static INDArray together(LossData data) {
        return Nd4j.concat(0, data.batches().stream().map(b -> b.getFeatures(0)).toArray(INDArray[]::new));
    }

    /** Which rows of {@link #ROWS} these are. */
    private static List<Integer> numbers(LossData data) {
        INDArray features = together(data);
        java.util.ArrayList<Integer> numbers = new java.util.ArrayList<>();
        for (int i = 0; i < features.rows(); i++) {
            for (int row = 0; row < 10; row++) {
                if (features.getDouble(i, 0) == ROWS.getFeatures().getDouble(row, 0)) {
                    numbers.add(row);
                }
            }
        }
        return numbers;
    }
}
