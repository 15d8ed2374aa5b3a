/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.tools.ToolProvider;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigurationCopyTest {

    /** Something that cannot be serialized, as an anonymous class holding a stream would. */
    private static final class Opaque implements Serializable {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // the point of it
        private final Object handle = new Object();

        @Override
        public String toString() {
            return handle.toString();
        }
    }

    @Test
    void copy_hasTheSameJson() {
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new LSTM.Builder()
                        .nOut(4)
                        .weightInit(WeightInit.NORMAL)
                        .dropOut(new GaussianNoise(0.1))
                        .build())
                .layer(new Bidirectional(new LSTM.Builder().nOut(4).build()))
                .layer(new SelfAttentionLayer.Builder()
                        .nOut(4)
                        .nHeads(2)
                        .projectInput(true)
                        .build())
                .layer(new LastTimeStep(new LSTM.Builder().nOut(3).build()))
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(new ActivationRReLU())
                        .weightNoise(new DropConnect(0.5))
                        .constrainWeights(new NonNegativeConstraint())
                        .weightDecay(0.01)
                        .build())
                .layer(new VariationalAutoencoder.Builder()
                        .nOut(3)
                        .encoderLayerSizes(4)
                        .decoderLayerSizes(4)
                        .build())
                .layer(new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(1.0, 2.0)))
                        .nOut(2)
                        .build())
                .setInputType(InputType.recurrent(3, 7))
                .build();
        conf.setIterationCount(5);
        conf.setEpochCount(2);

        MultiLayerConfiguration copy = ConfigurationCopy.of(conf);

        assertThat(copy.toJson()).isEqualTo(conf.toJson());
        assertThat(copy).isEqualTo(conf).isNotSameAs(conf);
    }

    @Test
    void copyOfGraph_keepsWhatCloneForgets() {
        ComputationGraphConfiguration conf = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(4, 6))
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nOut(4)
                                .nHeads(2)
                                .projectInput(true)
                                .nInKeys(4)
                                .nInQueries(4)
                                .nInValues(4)
                                .build(),
                        "in",
                        "in",
                        "in")
                .addVertex("merge", new MergeVertex(), "attention", "in")
                .addLayer("pool", new GlobalPoolingLayer(), "merge")
                .addVertex("reshape", new ReshapeVertex('f', new int[] {-1, 8}, new int[] {-1, 1}), "pool")
                .addLayer("out", new OutputLayer.Builder().nIn(8).nOut(2).build(), "reshape")
                .setOutputs("out")
                .build();
        new ComputationGraph(conf).init();
        conf.setIterationCount(9);

        ComputationGraphConfiguration copy = ConfigurationCopy.of(conf);

        assertThat(copy.toJson()).isEqualTo(conf.toJson());
        assertThat(copy.getTopologicalOrder()).isNotNull().isEqualTo(conf.getTopologicalOrder());
        assertThat(conf.clone().toJson()).isNotEqualTo(conf.toJson());
    }

    @Test
    void copy_sharesWithinItselfWhatTheOriginalShares() {
        Nesterovs shared = new Nesterovs(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.1, 4, 0.01)));
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(1, 1).nIn(1).nOut(1).build())
                .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                .build();
        updated(conf, 0).setIUpdater(shared);
        updated(conf, 1).setIUpdater(shared);

        MultiLayerConfiguration copy = ConfigurationCopy.of(conf);

        assertThat(updated(copy, 0).getIUpdater())
                .isSameAs(updated(copy, 1).getIUpdater())
                .isNotSameAs(shared)
                .isEqualTo(shared);
        assertThat(((Nesterovs) updated(copy, 0).getIUpdater()).getLearningRateSchedule())
                .isNotSameAs(shared.getLearningRateSchedule());
    }

    @Test
    void classOfTheApplication_isFoundByTheContextClassLoader(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(
                folder.resolve("Own.java"),
                "public class Own implements java.io.Serializable { public int size = 3; }");
        int failed =
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), source.toString());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader application =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Serializable own = (Serializable)
                    application.loadClass("Own").getDeclaredConstructor().newInstance();
            thread.setContextClassLoader(application);

            Serializable copy = ConfigurationCopy.of(own);

            assertThat(failed).isZero();
            assertThat(copy).isNotSameAs(own).isExactlyInstanceOf(own.getClass());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void partThatCannotBeSerialized_isNamed() {
        assertThatThrownBy(() -> ConfigurationCopy.of(new Opaque()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("every part of the configuration must be serializable to be copied, got "
                        + "java.io.NotSerializableException: java.lang.Object; make that class Serializable and static, "
                        + "as saving a model needs it too");
    }

    private static BaseLayer updated(MultiLayerConfiguration conf, int layer) {
        return (BaseLayer) conf.getConf(layer).getLayer();
    }
}
