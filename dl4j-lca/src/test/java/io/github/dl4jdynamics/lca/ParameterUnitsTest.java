/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.nd4j.AllocationPass;
import io.github.dl4jdynamics.lca.nd4j.AllocationSums;
import io.github.dl4jdynamics.lca.nd4j.PathSegment;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Every parameter belongs to one unit: the one whose output it moves. */
class ParameterUnitsTest {
    private static final InputType IMAGE = InputType.convolutional(5, 4, 2);
    private static final InputType SEQUENCE = InputType.recurrent(3, 6);
    private static final InputType VOLUME = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 4, 2);

    /** Where an element of an array belongs, by its indices. */
    private interface Place {
        String of(String key, int[] index);
    }

    private static MultiLayerNetwork net(InputType type, Layer layer) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .list()
                .layer(layer)
                .layer(new LossLayer.Builder().activation(Activation.IDENTITY).build())
                .setInputType(type)
                .build());
        net.init();
        return net;
    }

    /** Adds up a made-up allocation of each parameter by unit, and names the units. */
    private static Map<String, Double> byUnit(ParameterMask mask, double[] allocations) {
        ParameterUnits units = ParameterUnits.of(mask);
        INDArray next = Nd4j.create(allocations);
        AllocationSums sums = new AllocationSums(mask.counted().size(), units.count());
        new AllocationPass(units.slices(), next.ulike())
                .sum(new PathSegment(next.like(), next, Nd4j.onesLike(next), 1, next, 0), sums);
        Map<String, Double> named = new HashMap<>();
        int count = 0;
        for (UnitGroup group : units.groups()) {
            assertThat(group.first()).isEqualTo(count);
            for (int u = 0; u < group.count(); u++) {
                String gate = group.gates().isEmpty() ? "" : " " + group.gates().get(u / group.neurons());
                named.put(group.name() + " " + u % group.neurons() + gate, sums.units()[group.first() + u]);
            }
            count += group.count();
        }
        assertThat(count).isEqualTo(units.count());
        return named;
    }

    private static Place last(String name) {
        return (key, index) -> name + " " + index[index.length - 1];
    }

    /** Dense arrays by their last index, rank 1 and [1, n] alike; the others by one index. */
    private static Place axis(int axis) {
        return (key, index) -> "layer0 " + index[index.length <= 2 ? index.length - 1 : axis];
    }

    private static Place gates(int out, String... names) {
        return (key, index) -> {
            String direction =
                    names.length == 0 ? "" : key.startsWith("f") || key.endsWith("F") ? " forward" : " backward";
            int column = index[index.length - 1];
            String[] gates = {"input", "forget", "output", "modulation"};
            return column < 4 * out
                    ? "layer0" + direction + " " + column % out + " " + gates[column / out]
                    : "layer0" + direction + " " + index[0] + " " + gates[column - 4 * out + 1];
        };
    }

    @SuppressWarnings("deprecation") // GravesLSTM has peepholes, and no successor has
    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(
                        InputType.feedForward(4),
                        new DenseLayer.Builder().nOut(3).build(),
                        axis(0)),
                Arguments.of(IMAGE, new ConvolutionLayer.Builder(2, 3).nOut(4).build(), axis(0)),
                Arguments.of(
                        SEQUENCE, new Convolution1DLayer.Builder(2).nOut(4).build(), (Place) (key, index) -> "layer0 "
                                + (index.length <= 2
                                        ? index[index.length - 1]
                                        : (6 * index[0] + 2 * index[1] + index[2]) % 4)),
                Arguments.of(VOLUME, new Convolution3D.Builder(2, 2, 3).nOut(5).build(), axis(0)),
                Arguments.of(IMAGE, new Deconvolution2D.Builder(2, 3).nOut(3).build(), axis(1)),
                Arguments.of(
                        VOLUME,
                        new Deconvolution3D.Builder()
                                .kernelSize(2, 1, 2)
                                .nOut(3)
                                .build(),
                        axis(3)),
                Arguments.of(
                        IMAGE,
                        new DepthwiseConvolution2D.Builder(2, 3)
                                .depthMultiplier(3)
                                .build(),
                        (Place) (key, index) ->
                                "layer0 " + (index.length == 4 ? 3 * index[2] + index[3] : index[index.length - 1])),
                Arguments.of(
                        IMAGE,
                        new SeparableConvolution2D.Builder(2, 3)
                                .depthMultiplier(3)
                                .nOut(6)
                                .build(),
                        (Place) (key, index) -> key.equals("W")
                                ? "layer0 W " + (2 * index[0] + index[1])
                                : "layer0 " + index[key.equals("b") ? index.length - 1 : 0]),
                Arguments.of(SEQUENCE, new LSTM.Builder().nOut(2).build(), gates(2)),
                Arguments.of(SEQUENCE, new GravesLSTM.Builder().nOut(2).build(), gates(2)),
                Arguments.of(
                        SEQUENCE, new GravesBidirectionalLSTM.Builder().nOut(2).build(), gates(2, "both")),
                Arguments.of(
                        SEQUENCE, new Bidirectional(new LSTM.Builder().nOut(2).build()), gates(2, "both")),
                Arguments.of(SEQUENCE, new SimpleRnn.Builder().nOut(3).build(), axis(1)),
                Arguments.of(
                        SEQUENCE,
                        new SimpleRnn.Builder().nOut(3).hasLayerNorm(true).build(),
                        (Place) (key, index) -> (key.equals("g") ? "layer0 g " : "layer0 ") + index[index.length - 1]),
                Arguments.of(
                        InputType.feedForward(5),
                        new EmbeddingLayer.Builder()
                                .nIn(5)
                                .nOut(3)
                                .hasBias(true)
                                .build(),
                        axis(1)),
                Arguments.of(IMAGE, new BatchNormalization.Builder().build(), axis(1)),
                Arguments.of(
                        InputType.feedForward(5),
                        new PReLULayer.Builder().inputShape(5).build(),
                        axis(0)),
                Arguments.of(
                        IMAGE,
                        new PReLULayer.Builder()
                                .inputShape(2, 5, 4)
                                .sharedAxes(2)
                                .build(),
                        (Place) (key, index) -> "layer0 " + index[0]),
                Arguments.of(
                        SEQUENCE,
                        new SelfAttentionLayer.Builder()
                                .nOut(4)
                                .nHeads(2)
                                .headSize(3)
                                .projectInput(true)
                                .build(),
                        (Place) (key, index) -> key.equals("Wo") ? "layer0 Wo " + index[1] : "layer0 " + index[0]),
                Arguments.of(
                        IMAGE,
                        new LocallyConnected2D.Builder()
                                .kernelSize(2, 2)
                                .nOut(3)
                                .hasBias(true)
                                .build(),
                        last("layer0")),
                Arguments.of(
                        SEQUENCE,
                        new LocallyConnected1D.Builder()
                                .kernelSize(2)
                                .nOut(3)
                                .hasBias(true)
                                .build(),
                        last("layer0")));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void allocations_areSummedAsTheIndicesOfTheArraysSay(InputType type, Layer layer, Place place) {
        MultiLayerNetwork net = net(type, layer);
        ParameterMask mask = ParameterMask.of(net);
        SplittableRandom random = new SplittableRandom(4);
        double[] allocations = random.doubles(net.numParams(), -1, 1).toArray();
        net.setParams(Nd4j.create(
                IntStream.range(0, (int) net.numParams()).asDoubleStream().toArray()));
        Map<String, Double> expected = new HashMap<>();
        int seen = 0;
        for (ParameterArray array : mask.counted()) {
            INDArray numbers = net.getLayer(0).getParam(array.key());
            for (int i = 0; i < numbers.length(); i++) {
                long[] index = unravel(i, numbers.shape());
                int position = (int) numbers.getDouble(index);
                int[] ints = Arrays.stream(index).mapToInt(one -> (int) one).toArray();
                expected.merge(place.of(array.key(), ints), allocations[position], Double::sum);
                seen++;
            }
        }

        Map<String, Double> summed = byUnit(mask, allocations);

        assertThat((long) seen).isEqualTo(mask.countedLength());
        assertThat(summed).hasSize(expected.size());
        expected.forEach((unit, sum) -> assertThat(summed.get(unit)).as(unit).isCloseTo(sum, within(1e-12)));
    }

    private static long[] unravel(long number, long[] shape) {
        long[] index = new long[shape.length];
        for (int d = shape.length - 1; d >= 0; d--) {
            index[d] = number % shape[d];
            number /= shape[d];
        }
        return index;
    }

    static Stream<Arguments> linearLayers() {
        InputType image = InputType.convolutional(5, 4, 2, CNN2DFormat.NHWC);
        Stream<Arguments> channelsLast = Stream.of(
                Arguments.of(image, new ConvolutionLayer.Builder(2, 3).nOut(4).build(), 3),
                Arguments.of(image, new Deconvolution2D.Builder(2, 3).nOut(3).build(), 3),
                Arguments.of(
                        image,
                        new DepthwiseConvolution2D.Builder(2, 3)
                                .depthMultiplier(3)
                                .build(),
                        3));
        return Stream.concat(
                layers().limit(7).map(layer -> Arguments.of(layer.get()[0], layer.get()[1], 1)), channelsLast);
    }

    /** Whatever the layout, a parameter alone moves the channel that is its unit, and no other. */
    @ParameterizedTest
    @MethodSource("linearLayers")
    void unit_isTheChannelThatTheParameterMoves(InputType type, Layer layer, int channelAxis) {
        MultiLayerNetwork net = net(type, layer);
        long[] shape = type.getShape(true);
        shape[0] = 1;
        INDArray input = Nd4j.ones(DataType.DOUBLE, shape);
        for (int position = 0; position < net.numParams(); position++) {
            double[] alone = new double[(int) net.numParams()];
            alone[position] = 1;
            net.setParams(Nd4j.create(alone));

            INDArray output = net.feedForwardToLayer(0, input, false).get(1);

            int[] others = IntStream.range(1, output.rank())
                    .filter(axis -> axis != channelAxis)
                    .toArray();
            INDArray channels = others.length == 0 ? output : output.sum(others);
            Map<String, Double> units = byUnit(ParameterMask.of(net), alone);
            for (int channel = 0; channel < channels.size(1); channel++) {
                assertThat(units.get("layer0 " + channel))
                        .as("channel %s for parameter %s", channel, position)
                        .isEqualTo(channels.getDouble(0, channel) == 0 ? 0 : 1);
            }
        }
    }

    @Test
    void gates_areAddedUpByNeuronAndByGate() {
        ParameterUnits units = ParameterUnits.of(
                ParameterMask.of(net(SEQUENCE, new LSTM.Builder().nOut(2).build())));
        UnitGroup group = units.groups().get(0);
        double[] values = {1, 2, 10, 20, 100, 200, 1000, 2000};

        assertThat(units.groups()).hasSize(1);
        assertThat(group.neurons()).isEqualTo(2);
        assertThat(group.byNeuron(values)).containsExactly(1111, 2222);
        assertThat(group.byGate(values)).containsExactly(3, 30, 300, 3000);
        assertThat(group).hasToString("layer0: 2 units with gates [input, forget, output, modulation]");
    }

    @Test
    void layersWhoseNamesBeginAlike_keepTheirUnits() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().nIn(2).nOut(3).name("a b").build())
                .layer(new DenseLayer.Builder().nIn(3).nOut(3).name("a").build())
                .build());
        net.init();

        ParameterUnits units = ParameterUnits.of(ParameterMask.of(net));

        assertThat(units.groups()).extracting(UnitGroup::name).containsExactly("a b", "a");
        assertThat(units.slices()).extracting(slice -> slice.unit(0)).hasSize(4);
        assertThat(List.of(units.slices().get(1).unit(6), units.slices().get(2).unit(9)))
                .containsExactly(0, 3);
    }
}
