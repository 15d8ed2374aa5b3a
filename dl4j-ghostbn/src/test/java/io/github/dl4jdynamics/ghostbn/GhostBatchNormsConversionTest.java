/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.List;

import io.github.dl4jdynamics.ghostbn.math.RunningRule;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GhostBatchNormsConversionTest {

    private static final class Recentred extends BatchNormalization {
        private static final long serialVersionUID = 1;
    }

    @Test
    void record_saysWhatWasDoneAndWhatNot() {
        GhostBatchNormsConversion conversion = toGhost();
        Recentred own = new Recentred();

        assertThat(conversion.convert("a", norm("a").build())).isInstanceOf(GhostBatchNormalization.class);
        assertThat(conversion.convert("own", own)).isSameAs(own);
        Layer skipped = norm("skipped").build();
        assertThat(conversion.convert("skipped", skipped)).isSameAs(skipped);
        Layer dense = new DenseLayer.Builder().build();
        assertThat(conversion.convert("dense", dense)).isSameAs(dense);
        conversion.convert("b", norm("b").build());

        assertThat(conversion.converted()).containsExactly("a", "b");
        assertThat(conversion)
                .hasToString("2 of 4 batch normalization layers converted: a, b; left alone: "
                        + "own (Recentred may compute something else), skipped (not chosen)");
    }

    @Test
    void record_ofNothing() {
        GhostBatchNormsConversion conversion = new GhostBatchNormsConversion(layer -> layer, name -> true);

        assertThat(conversion).hasToString("0 of 0 batch normalization layers converted");
        conversion.convert("bn", norm("bn").build());
        assertThat(conversion)
                .hasToString("0 of 1 batch normalization layers converted; left alone: bn (is plain already)");
    }

    @Test
    void frozenLayer_keepsItsSettingsAndThoseInside() {
        Layer inner = norm("inside").dropOut(0.9).build();
        FrozenLayer frozen = new FrozenLayer(inner);
        frozen.setIDropout(new Dropout(0.4));
        NonNegativeConstraint constraint = new NonNegativeConstraint();
        inner.setConstraints(List.of(constraint));

        FrozenLayer converted = (FrozenLayer) toGhost().convert("outside", frozen);

        assertThat(converted.getLayer()).isInstanceOf(GhostBatchNormalization.class);
        assertThat(converted.getLayerName()).isNull();
        assertThat(converted.getIDropout()).isEqualTo(new Dropout(0.4));
        assertThat(converted.getConstraints()).isNull();
        assertThat(converted.getLayer().getLayerName()).isEqualTo("inside");
        assertThat(converted.getLayer().getIDropout()).isEqualTo(new Dropout(0.9));
        assertThat(converted.getLayer().getConstraints()).containsExactly(constraint);
    }

    @Test
    void frozenLayerOfAnotherKind_isTheSame() {
        FrozenLayer frozen = new FrozenLayer(new DenseLayer.Builder().build());

        assertThat(toGhost().convert("dense", frozen)).isSameAs(frozen);
    }

    @Test
    void wrappersInWrappers_areOpened() {
        FrozenLayerWithBackprop frozen =
                new FrozenLayerWithBackprop(new MaskZeroLayer(norm("bn").build(), 0.5));

        Layer converted = toGhost().convert("bn", frozen);

        BaseWrapperLayer masked = (BaseWrapperLayer) ((BaseWrapperLayer) converted).getUnderlying();
        assertThat(masked).isInstanceOf(MaskZeroLayer.class);
        assertThat(((MaskZeroLayer) masked).getMaskingValue()).isEqualTo(0.5);
        assertThat(masked.getUnderlying()).isInstanceOf(GhostBatchNormalization.class);
    }

    @Test
    void timeDistributedLayer_trainsAsBefore() {
        MultiLayerNetwork plain = sequences(new TimeDistributed(norm("bn").build()));
        MultiLayerNetwork ghost =
                GhostBatchNorms.ghost(SplitRule.NEVER).layers("layer0").convert(plain);

        fitSequences(plain);
        fitSequences(ghost);

        assertThat(GhostBatchNormsNets.json(ghost)).contains("GhostBatchNormalization");
        assertThat(GhostBatchNormsNets.parameters(ghost))
                .containsExactly(GhostBatchNormsNets.parameters(plain), within(1e-9));
        assertThat(GhostBatchNormsNets.json(GhostBatchNorms.plain().convert(ghost)))
                .isEqualTo(GhostBatchNormsNets.json(plain));
    }

    @Test
    void layerFrozenWithBackprop_staysFrozenWhileTheOthersTrain() {
        MultiLayerNetwork ghost = GhostBatchNorms.ghost(2)
                .convert(sequences(new FrozenLayerWithBackprop(norm("bn").build())));
        double[] before = GhostBatchNormsNets.values(ghost.getLayer(0).params());
        double[] output = GhostBatchNormsNets.values(ghost.getLayer(1).params());

        fitSequences(ghost);

        assertThat(GhostBatchNormsNets.json(ghost)).contains("GhostBatchNormalization");
        assertThat(GhostBatchNormsNets.values(ghost.getLayer(0).params())).isEqualTo(before);
        assertThat(GhostBatchNormsNets.values(ghost.getLayer(1).params())).isNotEqualTo(output);
    }

    private static MultiLayerNetwork sequences(Layer first) {
        MultiLayerNetwork network = new MultiLayerNetwork(GhostBatchNormsNets.base()
                .list()
                .layer(first)
                .layer(new RnnOutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(2, 5))
                .build());
        network.init();
        return network;
    }

    private static void fitSequences(MultiLayerNetwork network) {
        Nd4j.getRandom().setSeed(1);
        INDArray features = Nd4j.rand(DataType.DOUBLE, 4, 2, 5);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 4, 3, 5);
        labels.putScalar(0, 1, 2, 1);
        network.fit(features, labels);
    }

    private static GhostBatchNormsConversion toGhost() {
        return new GhostBatchNormsConversion(
                layer -> GhostBatchNormsSettings.ghost(layer, SplitRule.ofSize(4), RunningRule.AVERAGE_ONCE),
                name -> !"skipped".equals(name));
    }
}
