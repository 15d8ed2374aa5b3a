/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.List;
import java.util.function.Function;

import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.rates.LayerDecays;
import io.github.dl4jdynamics.spectral.rates.LayerFactors;
import io.github.dl4jdynamics.spectral.rates.LayerRates;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import io.github.dl4jdynamics.tempbalance.math.SigmoidMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Trains every layer of an unmodified network at a rate chosen from its weight spectrum.
 *
 * <pre>{@code
 * TempBalanceListener rates = TempBalance.farms().attach(net);
 * net.fit(data, epochs);
 * System.out.println(rates.history());
 * }</pre>
 *
 * <p>Layers whose spectrum has a heavy tail (small alpha) are well trained and get a smaller rate, the others a larger
 * one. Per update: eigenvalues of the weights, a power law fitted to their tail, a score per layer, a factor per score,
 * {@code rate = factor * the layer's own rate or schedule}. Biases follow their layer, a batch normalization the layer
 * that feeds it; everything else keeps its own rate.
 *
 * <p>Three presets carry the papers' settings; {@link #builder()} and {@link #toBuilder()} change them. Immutable, and
 * safe to use for several networks.
 *
 * <p>Zhou, Pang, Liu, Martin, Mahoney, Yang: Temperature Balancing, Layer-wise Weight Analysis, and Neural Network
 * Training, NeurIPS 2023, arXiv:2312.00359.
 *
 * @since 0.1
 */
public final class TempBalance {
    private final TempBalanceSettings settings;

    TempBalance(TempBalanceSettings settings) {
        this.settings = settings;
    }

    /**
     * TempBalance as released for image classification: whole matrices, median fit over the upper half, first and last
     * layer and layers with fewer than 50 eigenvalues excluded, rates from 0.5 to 1.5 times the base, every epoch.
     *
     * <p>Deviation: layers with equal scores keep the base rate; the released code gives them all the largest.
     */
    public static TempBalance paper() {
        return builder().build();
    }

    /**
     * FARMS: square windows of 100 rows, 9 per dimension, so that a layer's shape does not decide its score; all layers
     * with at least 5 eigenvalues take part, rates from 0.1 to 1.9 times the base (its ResNet-18 setting), every epoch.
     *
     * <p>Deviation: layers smaller than a window use the largest window that fits; see
     * {@link io.github.dl4jdynamics.spectral.math.SmallMatrices} for the released rule. Hu, Goel, Killiakov, Yang:
     * Eigenspectrum Analysis of Neural Networks without Aspect Ratio Bias, ICML 2025, arXiv:2506.06280.
     */
    public static TempBalance farms() {
        return builder()
                .esd(FarmsEsd.builder().build())
                .exclusions(ExclusionRules.farms())
                .assignment(LinearMap.of(0.1, 1.9))
                .build();
    }

    /**
     * TB_Sigmoid for training and fine-tuning with little data: {@code factor = 10^(s (sigmoid(10 (alpha - mean)) - 1/2))}
     * with s = 2 below the mean and 1 above, fit over the upper third, the last layer and layers with fewer than 50
     * eigenvalues excluded, measured every 100 iterations.
     *
     * <p>For transformers the paper scores blocks, not layers: add
     * {@link TempBalanceBuilder#blocks blocks(Blocks.byPattern("block(\\d+)"))} with your names. Its code measures every
     * {@code min(100, steps per epoch / 10)} steps; set {@link TempBalanceBuilder#everyIterations} for short epochs. Liu,
     * Hu, Pang, Zhou, Ren, Yang: Model Balancing Helps Low-data Training and Fine-tuning, EMNLP 2024, arXiv:2410.12178.
     */
    public static TempBalance modelBalancing() {
        return builder()
                .fit(MedianFit.builder().xminPos(1.5).build())
                .exclusions(ExclusionRules.modelBalancing())
                .assignment(SigmoidMap.of(10, 2, 1))
                .everyIterations(100)
                .build();
    }

    /** A builder with the settings of {@link #paper()}. */
    public static TempBalanceBuilder builder() {
        return new TempBalanceBuilder();
    }

    /** A builder with these settings. */
    public TempBalanceBuilder toBuilder() {
        return settings.toBuilder();
    }

    /**
     * Starts balancing a network, fresh, half-trained or restored from a zip; restored factors continue.
     *
     * <p>Not from inside a listener's callback: Deeplearning4j cannot change its listeners while it calls them.
     *
     * @return the listener, which holds the history; it is added to the network's listeners
     * @throws IllegalArgumentException for another kind of model, settings that do not fit it, or when no layer can be
     *     tuned, with every layer's reason
     * @throws IllegalStateException for a network that is not initialised or already has such a listener
     * @throws RuntimeException of the first measurement; the network is as it was before
     */
    public TempBalanceListener attach(Model net) {
        TempBalanceListener listener = listener();
        listener.attach(net);
        return listener;
    }

    /**
     * Stops balancing: the listener goes, every layer gets the updater and weight decay its user configured, with the
     * updater state it has reached. A zip saved afterwards needs none of our classes. Does nothing to a network that is
     * not balanced. Not from inside a listener's callback, as {@link #attach}.
     *
     * @throws IllegalArgumentException for another kind of model
     * @throws IllegalStateException for a network that is not initialised
     */
    public static void detach(Model net) {
        TempBalanceListener.removeFrom(net);
        LayerControl.remove(net);
    }

    /**
     * A listener for {@code setListeners(..)}. It attaches to every network that calls it, before the first update it
     * sees; a network it cannot attach to is logged and trains at its own rates.
     */
    public TempBalanceListener listener() {
        return new TempBalanceListener(settings);
    }

    /**
     * Installs the schedules in a configuration before {@code init()}, so that no updater state has to move later: right
     * for configurations kept as JSON, {@code ParallelWrapper} and Spark. Train with {@link #listener()}.
     *
     * @return the same configuration
     * @throws IllegalArgumentException when no layer can be steered, with every layer's reason
     */
    public MultiLayerConfiguration configure(MultiLayerConfiguration conf) {
        return configure(conf, conf.clone(), LayerRates::install, LayerDecays::install);
    }

    /** See {@link #configure(MultiLayerConfiguration)}. */
    public ComputationGraphConfiguration configure(ComputationGraphConfiguration conf) {
        return configure(conf, conf.clone(), LayerRates::install, LayerDecays::install);
    }

    /** On a copy first, so that a refusal leaves no trace. */
    private <C> C configure(C conf, C trial, Function<C, LayerFactors> rates, Function<C, LayerFactors> decays) {
        for (C each : List.of(trial, conf)) {
            for (Target target : settings.targets()) {
                LayerFactors factors = (target == Target.LEARNING_RATE ? rates : decays).apply(each);
                checkArgument(
                        !factors.layers().isEmpty(),
                        "target %s must have a layer it can act on, got none: %s",
                        target,
                        factors.refused());
            }
        }
        return conf;
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
