/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ParameterMaskTest {

    @Test
    void arrays_lieInTheFlatVectorAsTheySay() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.convolutional(4, 4, 2),
                new ConvolutionLayer.Builder(2, 2).nOut(3).name("conv").build(),
                new BatchNormalization.Builder().name("bn_1").build(),
                new ActivationLayer(Activation.TANH),
                dense("fc"),
                Networks.output());
        for (Model model : List.of(net, net.toComputationGraph())) {
            ParameterMask mask = ParameterMask.of(model);

            long offset = 0;
            for (ParameterArray array : mask.arrays()) {
                assertThat(array.offset()).isEqualTo(offset);
                INDArray values = model.params()
                        .get(NDArrayIndex.interval(array.offset(), array.end()))
                        .reshape(array.order(), array.shape());
                String layer = model instanceof ComputationGraph ? array.layer() : indexOf(net, array.layer());
                INDArray expected = model.getParam(layer + "_" + array.key());
                assertThat(values.shape()).isEqualTo(expected.shape());
                assertThat(Networks.bits(values)).isEqualTo(Networks.bits(expected));
                offset = array.end();
            }
            assertThat(offset).isEqualTo(model.params().length()).isEqualTo(mask.length());
            assertThat(mask.arrays())
                    .extracting(ParameterArray::key)
                    .containsExactly("b", "W", "gamma", "beta", "mean", "log10stdev", "W", "b", "W", "b");
            assertThat(mask.arrays())
                    .extracting(ParameterArray::layerIndex)
                    .containsExactly(0, 0, 1, 1, 1, 1, 2, 2, 3, 3);
            assertThat(mask.counted())
                    .extracting(ParameterArray::key)
                    .containsExactly("b", "W", "gamma", "beta", "W", "b", "W", "b");
            assertThat(mask.countedLength()).isEqualTo(mask.length() - 6);
            assertThat(mask.ranges()).containsExactly(new long[] {0, 33}, new long[] {39, mask.length()});
        }
        assertThat(ParameterMask.of(net).arrays())
                .extracting(ParameterArray::layerType)
                .containsOnly("ConvolutionLayer", "BatchNormalization", "DenseLayer", "OutputLayer");
    }

    private static String indexOf(MultiLayerNetwork net, String name) {
        for (int i = 0; i < net.getnLayers(); i++) {
            if (name.equals(net.getLayer(i).conf().getLayer().getLayerName())) {
                return String.valueOf(i);
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void sameNameTwice_isTwoNames() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(4), dense("fc_1"), dense("fc_1"), dense("fc_1#2"), Networks.output());

        assertThat(ParameterMask.of(net).arrays())
                .extracting(ParameterArray::name)
                .doesNotHaveDuplicates()
                .startsWith("fc_1_W", "fc_1_b", "fc_1#1_W", "fc_1#1_b", "fc_1#2_W", "fc_1#2_b");
        Networks.assertGradient(LossOracle.builder(net).build(), LossData.of(Networks.rows(6, 4)));
    }

    @Test
    void roles_sayWhyAnArrayCounts() {
        MultiLayerNetwork net = Networks.sequence(
                InputType.feedForward(4),
                new FrozenLayer(dense(null)),
                new BatchNormalization.Builder().name("norm").useLogStd(false).build(),
                new FrozenLayerWithBackprop(new BatchNormalization()),
                new VariationalAutoencoder.Builder()
                        .name("vae")
                        .nOut(2)
                        .encoderLayerSizes(3)
                        .decoderLayerSizes(3)
                        .build(),
                new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build());
        ParameterMask mask = ParameterMask.of(net);

        assertThat(names(mask, ParameterArray.Role.RUNNING_STATISTIC)).containsExactly("norm_mean", "norm_var");
        assertThat(names(mask, ParameterArray.Role.FROZEN))
                .containsExactly(
                        "layer0_W", "layer0_b", "layer2_gamma", "layer2_beta", "layer2_mean", "layer2_log10stdev");
        assertThat(names(mask, ParameterArray.Role.PRETRAINED))
                .containsExactly("vae_pZXLogStd2W", "vae_pZXLogStd2b", "vae_d0W", "vae_d0b", "vae_pXZW", "vae_pXZb");
        assertThat(names(mask, ParameterArray.Role.TRAINED))
                .containsExactly(
                        "norm_gamma",
                        "norm_beta",
                        "vae_e0W",
                        "vae_e0b",
                        "vae_pZXMeanW",
                        "vae_pZXMeanb",
                        "out_W",
                        "out_b",
                        "out_cL");
        assertThat(mask.hasLayoutOf(ParameterMask.of(net.clone()))).isTrue();
    }

    @Test
    void arraysOfGraph_areInTopologicalOrder() {
        ComputationGraph graph = new ComputationGraph(Networks.settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", named(2), "b_2")
                .addLayer("b_2", new DenseLayer.Builder().nIn(2).nOut(2).build(), "a")
                .addLayer(
                        "a", new Bidirectional(new LSTM.Builder().nIn(2).nOut(1).build()), "in")
                .setInputTypes(InputType.recurrent(2, 3))
                .setOutputs("out")
                .build());
        graph.init();

        assertThat(ParameterMask.of(graph).arrays())
                .extracting(ParameterArray::name)
                .containsExactly("a_fW", "a_fRW", "a_fb", "a_bW", "a_bRW", "a_bb", "b_2_W", "b_2_b", "out_W", "out_b");
    }

    @Test
    void otherModels_areRefusedInWords() {
        assertThatThrownBy(() -> ParameterMask.of(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameters are those of a MultiLayerNetwork or a ComputationGraph, got null");
        assertThatThrownBy(() -> LossOracle.builder(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a LossOracle is of a MultiLayerNetwork or a ComputationGraph, got null");
        MultiLayerNetwork net = Networks.sequence(InputType.feedForward(4), Networks.output());
        assertThatThrownBy(() -> LossOracle.builder(new MultiLayerNetwork(net.getLayerWiseConfigurations())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the network of a LossOracle must be initialised; call init() first");
        assertThatThrownBy(() -> LossOracle.builder(
                        new ComputationGraph(net.toComputationGraph().getConfiguration())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the network of a LossOracle must be initialised; call init() first");
    }

    private static List<String> names(ParameterMask mask, ParameterArray.Role role) {
        return mask.arrays().stream()
                .filter(array -> array.role() == role)
                .map(ParameterArray::name)
                .collect(java.util.stream.Collectors.toList());
    }

    private static DenseLayer dense(String name) {
        return new DenseLayer.Builder().name(name).nOut(4).build();
    }

    private static org.deeplearning4j.nn.conf.layers.OutputLayer named(int inputs) {
        org.deeplearning4j.nn.conf.layers.OutputLayer output = Networks.output();
        output.setNIn(inputs);
        return output;
    }
}
