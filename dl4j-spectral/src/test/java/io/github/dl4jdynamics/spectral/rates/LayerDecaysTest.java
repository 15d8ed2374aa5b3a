/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class LayerDecaysTest {

    @Test
    void install_atFactorOne_trainsBitIdentically() {
        ComputationGraph plain = Nets.graph(new Adam(1e-2), DataType.FLOAT);
        ComputationGraph tuned = Nets.graph(new Adam(1e-2), DataType.FLOAT);

        LayerFactors decays = LayerDecays.install(tuned);
        train(plain);
        train(tuned);

        assertThat(decays.layers()).containsExactly("second");
        assertThat(decays.refused())
                .containsEntry(
                        "first", "no L2 or weight decay on its weights; set l2(..) or weightDecay(..) on the layer");
        assertThat(tuned.params().data().asDouble())
                .isEqualTo(plain.params().data().asDouble());

        LayerDecays.remove(tuned);
        assertThat(tuned.getConfiguration().toJson())
                .isEqualTo(plain.getConfiguration().toJson());
    }

    @Test
    void set_factorZero_trainsLikeANetworkWithoutDecayOnThatLayer() {
        MultiLayerNetwork net = Nets.dense(new Sgd(0.1), DataType.DOUBLE);
        MultiLayerNetwork decayed = Nets.dense(new Sgd(0.1), DataType.DOUBLE);
        LayerFactors decays = LayerDecays.install(net);

        decays.layers().forEach(layer -> decays.set(layer, FactorUpdate.of(0, 0, 0)));
        Nd4j.getRandom().setSeed(1);
        net.fit(Nets.batch(0, DataType.DOUBLE));
        double[] before = Nets.dense(new Sgd(0.1), DataType.DOUBLE)
                .getParam("2_W")
                .dup()
                .data()
                .asDouble();
        Nd4j.getRandom().setSeed(1);
        decayed.fit(Nets.batch(0, DataType.DOUBLE));

        // One SGD step with L2 differs from the step without by exactly rate * coefficient * weight.
        double[] without = net.getParam("2_W").dup().data().asDouble();
        double[] with = decayed.getParam("2_W").dup().data().asDouble();
        for (int i = 0; i < with.length; i++) {
            assertThat(without[i] - with[i])
                    .isCloseTo(0.1 * 1e-3 * before[i], org.assertj.core.data.Offset.offset(1e-12));
        }
        assertThat(without).isNotEqualTo(with);
    }

    @Test
    void modelZip_keepsTheFactor() throws Exception {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        LayerDecays.install(net).set("layer2", FactorUpdate.of(3, 1, 0).withScore(4.5));
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);

        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip.toByteArray()), true);

        assertThat(LayerDecays.of(restored).schedule("layer2").factor()).isEqualTo(3);
        assertThat(LayerDecays.of(restored).schedule("layer2").score()).isEqualTo(4.5);
        assertThat(LayerDecays.of(restored).schedule("layer2").valueAt(0, 0)).isEqualTo(3 * 1e-3);
    }

    @Test
    void install_batchNormalization_isRefusedThoughItInheritsTheNetworksL2() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);

        LayerFactors decays = LayerDecays.install(net);

        assertThat(decays.layers()).containsExactly("layer0", "layer2", "layer3");
        assertThat(decays.refused()).containsExactly(entry("layer1", "no weights that Deeplearning4j decays"));
    }

    @Test
    void install_cloneOrOtherLayer_getsACopyOfTheSchedule() {
        MultiLayerNetwork net = Nets.dense(new Adam(1e-2), DataType.FLOAT);
        LayerFactors original = LayerDecays.install(net, new Attendance("one"));
        original.set("layer2", FactorUpdate.of(3, 1, 0).withScore(4.5));

        MultiLayerNetwork copy = net.clone();
        BaseLayer second = (BaseLayer) copy.getLayer(2).conf().getLayer();
        ((BaseLayer) copy.getLayer(3).conf().getLayer()).setRegularization(second.getRegularization());
        LayerFactors copied = LayerDecays.install(copy, new Attendance("other"));
        copied.set("layer2", FactorUpdate.of(7, 1, 0));

        assertThat(original.schedule("layer2").factor()).isEqualTo(3);
        assertThat(copied.schedule("layer2").factor()).isEqualTo(7);
        assertThat(copied.schedule("layer3").factor())
                .as("its own copy, with the state it had")
                .isEqualTo(3);
        assertThat(copied.schedule("layer3").score()).isEqualTo(4.5);
        assertThat(copied.schedule("layer3").layer()).isEqualTo("layer3");
    }

    private static void train(ComputationGraph net) {
        Nd4j.getRandom().setSeed(42);
        for (int step = 0; step < 4; step++) {
            net.fit(Nets.batch(step, DataType.FLOAT));
        }
    }
}
