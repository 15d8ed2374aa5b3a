/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.spectral.oracle.ConfigurationCopy;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** The two layers that take the place of one: which layers can have them, and with which settings and weights. */
final class ThinLayers {
    static final String WEIGHTS = DefaultParamInitializer.WEIGHT_KEY;

    /** Exactly these: a subclass may do anything with its weights. */
    private static final ImmutableSet<Class<?>> TYPES =
            ImmutableSet.of(DenseLayer.class, OutputLayer.class, ConvolutionLayer.class, Convolution2D.class);

    /** Regularizations that act on each weight alone, whatever the shape. */
    private static final ImmutableSet<Class<?>> ELEMENTWISE =
            ImmutableSet.of(L1Regularization.class, L2Regularization.class, WeightDecay.class);

    private final NeuralNetConfiguration first;
    private final NeuralNetConfiguration second;

    private ThinLayers(NeuralNetConfiguration first, NeuralNetConfiguration second) {
        this.first = first;
        this.second = second;
    }

    /** Whether the class of the layer is one that two layers can replace. */
    static boolean isFactorable(Layer layer) {
        return TYPES.contains(layer.getClass());
    }

    /** Why a layer cannot be replaced by two, if so. */
    static Optional<String> obstacle(Layer layer) {
        if (!isFactorable(layer)) {
            return Optional.of(layer.getClass().getSimpleName() + " has no two layers to take its place");
        }
        BaseLayer conf = (BaseLayer) layer;
        if (conf.getWeightNoise() != null) {
            return Optional.of("weight noise " + simpleName(conf.getWeightNoise())
                    + " acts on the weights themselves, which two layers do not have");
        }
        if (conf.getConstraints() != null) {
            for (LayerConstraint constraint : conf.getConstraints()) {
                Set<String> parameters = constraint.getParams();
                if (parameters == null || parameters.contains(WEIGHTS)) {
                    return Optional.of(
                            simpleName(constraint) + " holds the weights themselves, which two layers do not have");
                }
            }
        }
        return Optional.empty();
    }

    /** Names of the regularizations that the two layers go without. */
    static List<String> leftOff(Layer layer) {
        List<String> names = new ArrayList<>();
        for (Regularization regularization : weights((BaseLayer) layer)) {
            if (!ELEMENTWISE.contains(regularization.getClass())) {
                names.add(simpleName(regularization));
            }
        }
        return names;
    }

    private static List<Regularization> weights(BaseLayer layer) {
        return layer.getRegularization() == null ? List.of() : layer.getRegularization();
    }

    private static String simpleName(Object object) {
        return object.getClass().getSimpleName();
    }

    /**
     * The weights as the matrix to factorize, in the order they are stored: dense {@code [in, out]}, convolution
     * {@code [out, in kH kW]}. Transposing would change neither energy nor rank.
     */
    static INDArray matrix(INDArray weights) {
        return weights.rank() == 2 ? weights : weights.dup('c').reshape('c', weights.size(0), -1);
    }

    /**
     * @param original configuration of the layer, which is not changed
     * @param rank width between the two
     */
    static ThinLayers of(NeuralNetConfiguration original, String firstName, int rank) {
        NeuralNetConfiguration first = ConfigurationCopy.of(original);
        NeuralNetConfiguration second = ConfigurationCopy.of(original);
        FeedForwardLayer full = (FeedForwardLayer) second.getLayer();
        full.setRegularization(elementwise(full));
        FeedForwardLayer thin = full instanceof ConvolutionLayer
                ? withoutBias((ConvolutionLayer) first.getLayer())
                : dense((FeedForwardLayer) first.getLayer());
        thin.setLayerName(firstName);
        thin.setActivationFn(new ActivationIdentity());
        thin.setConstraints(null); // those left are the bias'
        thin.setRegularization(elementwise(thin));
        thin.setNOut(rank);
        // Whoever changes the rate of the layer by its updater changes both.
        thin.setIUpdater(full.getIUpdater());
        full.setIDropout(null);
        full.setNIn(rank);
        if (full instanceof ConvolutionLayer) {
            pointwise((ConvolutionLayer) full);
        }
        first.setLayer(thin);
        first.clearVariables();
        second.clearVariables();
        return new ThinLayers(first, second);
    }

    private static List<Regularization> elementwise(BaseLayer layer) {
        List<Regularization> kept = new ArrayList<>(weights(layer));
        kept.removeIf(regularization -> !ELEMENTWISE.contains(regularization.getClass()));
        return kept;
    }

    private static ConvolutionLayer withoutBias(ConvolutionLayer layer) {
        layer.setHasBias(false);
        return layer;
    }

    private static void pointwise(ConvolutionLayer layer) {
        layer.setKernelSize(new int[] {1, 1});
        layer.setStride(new int[] {1, 1});
        layer.setPadding(new int[] {0, 0});
        layer.setDilation(new int[] {1, 1});
    }

    /** A dense layer also before an output layer. */
    private static DenseLayer dense(FeedForwardLayer layer) {
        DenseLayer dense =
                new DenseLayer.Builder().nIn(layer.getNIn()).hasBias(false).build();
        dense.setTimeDistributedFormat(layer.getTimeDistributedFormat());
        dense.setWeightInitFn(layer.getWeightInitFn());
        dense.setBiasInit(layer.getBiasInit());
        dense.setGainInit(layer.getGainInit());
        dense.setRegularization(layer.getRegularization());
        dense.setGradientNormalization(layer.getGradientNormalization());
        dense.setGradientNormalizationThreshold(layer.getGradientNormalizationThreshold());
        dense.setIDropout(layer.getIDropout());
        return dense;
    }

    NeuralNetConfiguration first() {
        return first;
    }

    NeuralNetConfiguration second() {
        return second;
    }

    /**
     * Writes the weights, which are the two factors of {@link #matrix}.
     *
     * @param first of the first layer, {@code [in, r]} or {@code [r, in, kH, kW]}
     * @param second of the second layer, {@code [r, out]} or {@code [out, r, 1, 1]}
     */
    static void assign(INDArray left, INDArray right, INDArray first, INDArray second) {
        boolean dense = first.rank() == 2;
        first.assign((dense ? left : right).dup('c').reshape('c', first.shape()));
        second.assign((dense ? right : left).dup('c').reshape('c', second.shape()));
    }
}
