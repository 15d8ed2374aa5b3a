/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.junit.jupiter.api.Test;

import static io.github.dl4jdynamics.ghostbn.GhostBatchNormsNets.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Plain batch normalization is not given what it fails on, as far as the configuration tells. */
class GhostBatchNormsInputTest {

    @Test
    void sequences_areRefused() {
        assertThatThrownBy(() -> toPlain(lstm(), ghost()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "input of layer 'bn' must be dense or images to become plain BatchNormalization, got sequences "
                                + "from LSTM, on which the plain layer fails; choose the other layers with layers(...)");
    }

    @Test
    void sequences_areSeenThroughLayersThatKeepShapes() {
        assertThatThrownBy(() -> toPlain(
                        new FrozenLayer(new Bidirectional(lstm())), new ActivationLayer(), new FrozenLayer(ghost())))
                .hasMessageContaining("got sequences from LSTM");
    }

    @Test
    void sequencesOfAPreprocessor_areRefused() {
        NeuralNetConfiguration.ListBuilder list =
                GhostBatchNormsNets.base().list().layer(dense(4)).layer(ghost()).layer(GhostBatchNormsNets.output());
        list.inputPreProcessor(1, new FeedForwardToRnnPreProcessor());
        MultiLayerConfiguration conf = list.build();

        assertThatThrownBy(() -> GhostBatchNorms.plain().convert(conf))
                .hasMessageContaining("got sequences from FeedForwardToRnnPreProcessor");
    }

    @Test
    void volumes_areRefused() {
        MultiLayerConfiguration conf = GhostBatchNormsNets.base()
                .list()
                .layer(new Convolution3D.Builder(1, 1, 1).nOut(2).build())
                .layer(ghost())
                .layer(GhostBatchNormsNets.output())
                .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 2, 2, 1))
                .build();

        assertThatThrownBy(() -> GhostBatchNorms.plain().convert(conf))
                .hasMessageContaining("got volumes from Convolution3D");
    }

    @Test
    void layersNotChosen_areNotRefused() {
        MultiLayerConfiguration conf = conf(lstm(), ghost(), new LastTimeStep(lstm()), ghost());
        conf.getConf(3).getLayer().setLayerName("last");

        MultiLayerConfiguration plain = GhostBatchNorms.plain().layers("last").convert(conf);

        assertThat(plain.getConf(1).getLayer()).isInstanceOf(GhostBatchNormalization.class);
        assertThat(plain.getConf(3).getLayer()).isNotInstanceOf(GhostBatchNormalization.class);
    }

    @Test
    void denseInputAfterSequences_isAccepted() {
        assertThat(toPlain(lstm(), new GlobalPoolingLayer(), ghost()).toJson()).doesNotContain("Ghost");
        assertThat(toPlain(new Bidirectional(new LastTimeStep(lstm())), ghost()).toJson())
                .doesNotContain("Ghost");
        assertThat(toPlain(lstm(), dense(3), ghost()).toJson()).doesNotContain("Ghost");
    }

    @Test
    void timeDistributedLayer_isAccepted() {
        assertThat(toPlain(lstm(), new TimeDistributed(ghost())).toJson()).doesNotContain("Ghost");
    }

    @Test
    void sequencesInAGraph_areRefused() {
        ComputationGraphConfiguration conf = GhostBatchNormsNets.base()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3, 5))
                .addLayer("first", lstm(), "in")
                .addLayer("second", lstm(), "in")
                .addVertex("merge", new MergeVertex(), "first", "second")
                .addLayer("sequences", ghost(), "merge")
                .addLayer("pool", new GlobalPoolingLayer(), "sequences")
                .addLayer("dense", ghost(), "pool")
                .addLayer("out", GhostBatchNormsNets.output(), "dense")
                .setOutputs("out")
                .build();

        assertThatThrownBy(() -> GhostBatchNorms.plain().convert(conf))
                .hasMessageContaining("input of layer 'sequences' must be dense or images")
                .hasMessageContaining("got sequences from LSTM");
        assertThat(GhostBatchNorms.plain().layers("dense").convert(conf).toJson())
                .containsOnlyOnce("GhostBatchNormalization");
    }

    @Test
    void inputFedDirectly_cannotBeTold() {
        MultiLayerConfiguration conf = GhostBatchNormsNets.base()
                .list()
                .layer(ghost())
                .layer(new LastTimeStep(lstm()))
                .layer(GhostBatchNormsNets.output())
                .setInputType(InputType.recurrent(3, 5))
                .build();

        assertThat(GhostBatchNorms.plain().convert(conf).toJson()).doesNotContain("Ghost");
    }

    private static Layer lstm() {
        return new LSTM.Builder().nOut(4).build();
    }

    private static GhostBatchNormalization ghost() {
        return GhostBatchNormalization.builder().name("bn").build();
    }

    private static MultiLayerConfiguration toPlain(Layer... layers) {
        return GhostBatchNorms.plain().convert(conf(layers));
    }

    private static MultiLayerConfiguration conf(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = GhostBatchNormsNets.base().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.layer(GhostBatchNormsNets.output())
                .setInputType(InputType.recurrent(3, 5))
                .build();
    }
}
