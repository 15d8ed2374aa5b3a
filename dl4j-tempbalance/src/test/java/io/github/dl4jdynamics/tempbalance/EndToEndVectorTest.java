/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.SmallMatrices;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import io.github.dl4jdynamics.tempbalance.math.SigmoidMap;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

/** Golden vector 07: from the weights of a live network to the rate of every parameter. */
class EndToEndVectorTest {
    private final JsonNode vector = read();

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void tempBalance_onALiveNetwork_givesTheReferenceGroups(DataType type) {
        TempBalance balance = TempBalance.builder()
                .exclusions(ExclusionRules.builder().minEigenvalues(12).build())
                .assignment(LinearMap.of(0.5, 1.5))
                .build();

        assertGroups(balance, "tempbalance", type);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void farms_onALiveNetwork_givesTheReferenceGroups(DataType type) {
        TempBalance balance = TempBalance.farms().toBuilder()
                .esd(FarmsEsd.builder()
                        .windowRows(8)
                        .aspectRatio(1)
                        .fixedGrid(4)
                        .smallMatrices(SmallMatrices.REFERENCE)
                        .build())
                .exclusions(ExclusionRules.builder()
                        .minEigenvalues(5)
                        .order(ExclusionRules.Order.SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST)
                        .build())
                .build();

        assertGroups(balance, "farms", type);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void sigmoid_onALiveNetwork_givesTheReferenceRates(DataType type) {
        TempBalance balance = TempBalance.builder()
                .exclusions(ExclusionRules.builder().minEigenvalues(12).build())
                .assignment(SigmoidMap.of(10, 1, 1))
                .build();
        MultiLayerNetwork net = network(type);

        TempBalanceUpdate update = balance.attach(net).history().last().get();

        JsonNode expected = vector.at("/expected/tb_sigmoid_on_tempbalance_alphas/scheduled_lr");
        // tau = 10 multiplies the relative error of alpha by up to ln(10) * 10 / 4 * alpha.
        double tolerance = tolerance(type) * 30;
        expected.fieldNames()
                .forEachRemaining(layer -> assertThat(update.layer(layer).get().rate())
                        .as(layer)
                        .isCloseTo(expected.get(layer).asDouble(), withinPercentage(100 * tolerance)));
    }

    private void assertGroups(TempBalance balance, String system, DataType type) {
        MultiLayerNetwork net = network(type);

        TempBalanceUpdate update = balance.attach(net).history().last().get();

        JsonNode expected = vector.at("/expected/" + system);
        for (String layer : new String[] {"conv2", "fc1", "fc2"}) {
            assertThat(update.layer(layer).get().score())
                    .as("alpha of " + layer)
                    .isCloseTo(expected.get("alphas").get(layer).asDouble(), withinPercentage(100 * tolerance(type)));
        }
        Map<String, Integer> index = ImmutableMap.<String, Integer>builder()
                .put("conv1", 0)
                .put("bn1", 1)
                .put("conv2", 2)
                .put("bn2", 3)
                .put("fc1", 4)
                .put("fc2", 5)
                .put("head", 6)
                .build();
        for (JsonNode group : expected.get("groups")) {
            for (JsonNode parameter : group.get("params")) {
                String[] name = parameter.asText().split("\\.");
                boolean norm = name[0].startsWith("bn");
                String own = "weight".equals(name[1]) ? (norm ? "gamma" : "W") : (norm ? "beta" : "b");
                double rate = net.getLayer(index.get(name[0]))
                        .getConfig()
                        .getUpdaterByParam(own)
                        .getLearningRate(0, 0);
                // The groups of the vector are rounded to six decimals.
                assertThat(rate)
                        .as(parameter.asText())
                        .isCloseTo(
                                group.get("lr").asDouble(),
                                withinPercentage(100 * Math.max(tolerance(type) * 10, 5e-5)));
            }
        }
    }

    private double tolerance(DataType type) {
        // The file gives ten digits.
        return vector.at("/tolerance/" + (type == DataType.DOUBLE ? "double_rel" : "float32_rel"))
                .asDouble();
    }

    private MultiLayerNetwork network(DataType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(type)
                .updater(new Sgd(vector.at("/settings/untuned_lr").asDouble()))
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .name("conv1")
                        .nOut(8)
                        .hasBias(false)
                        .build())
                .layer(new BatchNormalization.Builder().name("bn1").build())
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .name("conv2")
                        .nOut(16)
                        .hasBias(false)
                        .build())
                .layer(new BatchNormalization.Builder().name("bn2").build())
                .layer(new DenseLayer.Builder()
                        .name("fc1")
                        .nOut(24)
                        .activation(Activation.RELU)
                        .build())
                .layer(new DenseLayer.Builder()
                        .name("fc2")
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .name("head")
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(2, 1, 3))
                .build());
        net.init();
        String[] layers = {"conv1", null, "conv2", null, "fc1", "fc2", "head"};
        for (int i = 0; i < layers.length; i++) {
            if (layers[i] != null) {
                INDArray weights = weights(layers[i]);
                net.getLayer(i).getParam("W").assign(weights.rank() == 2 ? weights.transpose() : weights);
            }
        }
        return net;
    }

    private INDArray weights(String layer) {
        JsonNode node = vector.at("/layers/" + layer);
        long[] shape = new long[node.get("shape").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.get("shape").get(i).asLong();
        }
        double[] data = new double[node.get("data").size()];
        for (int i = 0; i < data.length; i++) {
            data[i] = node.get("data").get(i).asDouble();
        }
        return Nd4j.create(data, shape, 'c');
    }

    private static JsonNode read() {
        try (InputStream json =
                EndToEndVectorTest.class.getResourceAsStream("/vectors/tempbalance-07-end-to-end.json")) {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
