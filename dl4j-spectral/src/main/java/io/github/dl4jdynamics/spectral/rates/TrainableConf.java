/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.List;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * The one face of the three unrelated Deeplearning4j classes that hold updaters: {@code BaseLayer},
 * {@code AbstractSameDiffLayer} and the graph's {@code SameDiffVertex}.
 */
interface TrainableConf {

    /** The configuration object itself; its identity tells two places apart. */
    Object conf();

    IUpdater updater();

    void updater(IUpdater updater);

    /** Updater of the biases alone, or null when they share {@link #updater()}. */
    IUpdater biasUpdater();

    void biasUpdater(IUpdater updater);

    /** Regularization of the weights, or null. */
    List<Regularization> regularization();

    void regularization(List<Regularization> regularization);

    boolean hasParameters();

    /** Whether Deeplearning4j applies the regularization to any of the parameters. */
    boolean isRegularized();

    static TrainableConf of(BaseLayer layer) {
        return new TrainableConf() {
            @Override
            public boolean hasParameters() {
                return !layer.initializer().paramKeys(layer).isEmpty();
            }

            @Override
            public boolean isRegularized() {
                // Batch normalization inherits the network's l2 as a property and ignores it.
                return !layer.initializer().weightKeys(layer).isEmpty();
            }

            @Override
            public Object conf() {
                return layer;
            }

            @Override
            public IUpdater updater() {
                return layer.getIUpdater();
            }

            @Override
            public void updater(IUpdater updater) {
                layer.setIUpdater(updater);
            }

            @Override
            public IUpdater biasUpdater() {
                return layer.getBiasUpdater();
            }

            @Override
            public void biasUpdater(IUpdater updater) {
                layer.setBiasUpdater(updater);
            }

            @Override
            public List<Regularization> regularization() {
                return layer.getRegularization();
            }

            @Override
            public void regularization(List<Regularization> regularization) {
                layer.setRegularization(regularization);
            }
        };
    }

    static TrainableConf of(AbstractSameDiffLayer layer) {
        return new TrainableConf() {
            @Override
            public boolean hasParameters() {
                return true;
            }

            @Override
            public boolean isRegularized() {
                return true;
            }

            @Override
            public Object conf() {
                return layer;
            }

            @Override
            public IUpdater updater() {
                return layer.getUpdater();
            }

            @Override
            public void updater(IUpdater updater) {
                layer.setUpdater(updater);
            }

            @Override
            public IUpdater biasUpdater() {
                return layer.getBiasUpdater();
            }

            @Override
            public void biasUpdater(IUpdater updater) {
                layer.setBiasUpdater(updater);
            }

            @Override
            public List<Regularization> regularization() {
                return layer.getRegularization();
            }

            @Override
            public void regularization(List<Regularization> regularization) {
                layer.setRegularization(regularization);
            }
        };
    }

    static TrainableConf of(SameDiffVertex vertex) {
        return new TrainableConf() {
            @Override
            public boolean hasParameters() {
                return true;
            }

            @Override
            public boolean isRegularized() {
                return true;
            }

            @Override
            public Object conf() {
                return vertex;
            }

            @Override
            public IUpdater updater() {
                return vertex.getUpdater();
            }

            @Override
            public void updater(IUpdater updater) {
                vertex.setUpdater(updater);
            }

            @Override
            public IUpdater biasUpdater() {
                return vertex.getBiasUpdater();
            }

            @Override
            public void biasUpdater(IUpdater updater) {
                vertex.setBiasUpdater(updater);
            }

            @Override
            public List<Regularization> regularization() {
                return vertex.getRegularization();
            }

            @Override
            public void regularization(List<Regularization> regularization) {
                vertex.setRegularization(regularization);
            }
        };
    }

    /** Adapter for a graph vertex configuration, or null when it holds no updater of its own. */
    static TrainableConf ofVertex(GraphVertex vertex) {
        return vertex instanceof SameDiffVertex ? of((SameDiffVertex) vertex) : null;
    }
}
