/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * The one face of the three unrelated Deeplearning4j classes that hold updaters: {@code BaseLayer},
 * {@code AbstractSameDiffLayer} and the graph's {@code SameDiffVertex}.
 *
 * @since 0.1
 */
public final class TrainableConf {
    private final Object conf;
    private final boolean hasParameters;
    private final boolean isRegularized;
    private final Property<IUpdater> updater;
    private final Property<IUpdater> biasUpdater;
    private final Property<List<Regularization>> regularization;

    private TrainableConf(
            Object conf,
            boolean hasParameters,
            boolean isRegularized,
            Property<IUpdater> updater,
            Property<IUpdater> biasUpdater,
            Property<List<Regularization>> regularization) {
        this.conf = conf;
        this.hasParameters = hasParameters;
        this.isRegularized = isRegularized;
        this.updater = updater;
        this.biasUpdater = biasUpdater;
        this.regularization = regularization;
    }

    static TrainableConf of(BaseLayer layer) {
        return new TrainableConf(
                layer,
                !layer.initializer().paramKeys(layer).isEmpty(),
                // Batch normalization inherits the network's l2 as a property and ignores it.
                !layer.initializer().weightKeys(layer).isEmpty(),
                new Property<>(layer::getIUpdater, layer::setIUpdater),
                new Property<>(layer::getBiasUpdater, layer::setBiasUpdater),
                new Property<>(layer::getRegularization, layer::setRegularization));
    }

    static TrainableConf of(AbstractSameDiffLayer layer) {
        return new TrainableConf(
                layer,
                true,
                true,
                new Property<>(layer::getUpdater, layer::setUpdater),
                new Property<>(layer::getBiasUpdater, layer::setBiasUpdater),
                new Property<>(layer::getRegularization, layer::setRegularization));
    }

    static TrainableConf of(SameDiffVertex vertex) {
        return new TrainableConf(
                vertex,
                true,
                true,
                new Property<>(vertex::getUpdater, vertex::setUpdater),
                new Property<>(vertex::getBiasUpdater, vertex::setBiasUpdater),
                new Property<>(vertex::getRegularization, vertex::setRegularization));
    }

    /** The configuration object itself; its identity tells two places apart. */
    Object conf() {
        return conf;
    }

    /** Whether there is anything to update. */
    boolean hasParameters() {
        return hasParameters;
    }

    /** Whether Deeplearning4j applies the regularization to any of the parameters. */
    public boolean isRegularized() {
        return isRegularized;
    }

    IUpdater updater() {
        return updater.getter.get();
    }

    void updater(IUpdater replacement) {
        updater.setter.accept(replacement);
    }

    /** Updater of the biases alone, or null when they share {@link #updater()}. */
    IUpdater biasUpdater() {
        return biasUpdater.getter.get();
    }

    void biasUpdater(IUpdater replacement) {
        biasUpdater.setter.accept(replacement);
    }

    /** Regularization of the weights, or null. */
    public List<Regularization> regularization() {
        return regularization.getter.get();
    }

    /** Sets {@link #regularization()}; read at every update, so it takes effect with the next. */
    public void regularization(List<Regularization> replacement) {
        regularization.setter.accept(replacement);
    }

    private static final class Property<T> {
        private final Supplier<T> getter;
        private final Consumer<T> setter;

        Property(Supplier<T> getter, Consumer<T> setter) {
            this.getter = getter;
            this.setter = setter;
        }
    }
}
