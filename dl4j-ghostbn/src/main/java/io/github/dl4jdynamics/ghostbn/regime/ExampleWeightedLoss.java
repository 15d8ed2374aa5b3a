/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.function.UnaryOperator;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Makes labels masks weigh examples: the loss that an output layer needs before its mask may hold other numbers than 0 and 1.
 *
 * <pre>{@code
 * with:     loss_n = z_n * loss(a_n)         gradient_n = z_n * gradient(a_n)
 * without:  loss_n = z_n * loss(z_n * a_n)   a_n pre-activation of the output, z_n mask
 *
 * ExampleWeightedLoss.install(net);
 * }</pre>
 *
 * <p>Deeplearning4j's {@code OutputLayer}, {@code RnnOutputLayer} and {@code CenterLossOutputLayer} multiply the
 * pre-activation by the mask before the loss does so again, which nobody sees with a mask of 0 and 1. This loss divides it
 * by the mask first. With masks of 0 and 1, or none, nothing changes, to the bit. Layers without weights
 * ({@code LossLayer}, {@code RnnLossLayer}, {@code CnnLossLayer}) do it right for masks per example, and are left alone.
 *
 * <p>A mask per output, in the shape of the labels, may hold zeros and one weight per example; Deeplearning4j by itself
 * applies such a mask twice to gradients, which also needs more than 0 and 1 to be seen. Losses that are no sum over examples,
 * such as the F-measure, cannot be weighted.
 *
 * <p>Saved with the network, under its class name; {@link #remove} it before giving the network to somebody without this
 * library. Cost: one division per output value, where there is a mask. Rounds once more than a loss without mask. Where
 * a weight is so near 0 that the product underflows, the weight itself makes the gradient vanish.
 *
 * @since 0.1
 */
public final class ExampleWeightedLoss implements ILossFunction {
    private static final long serialVersionUID = 1L;

    @JsonProperty("loss")
    private final ILossFunction loss;

    private ExampleWeightedLoss(@JsonProperty("loss") ILossFunction loss) {
        this.loss = loss;
    }

    /**
     * Wraps the losses of all output layers that need it; does nothing where that was done.
     *
     * @throws IllegalArgumentException unless it is a {@code MultiLayerNetwork} or a {@code ComputationGraph}
     */
    public static void install(Model net) {
        replaceLosses(net, loss -> loss instanceof ExampleWeightedLoss ? loss : new ExampleWeightedLoss(loss));
    }

    /**
     * Gives the output layers back their losses.
     *
     * @throws IllegalArgumentException unless it is a {@code MultiLayerNetwork} or a {@code ComputationGraph}
     */
    public static void remove(Model net) {
        replaceLosses(net, loss -> loss instanceof ExampleWeightedLoss ? ((ExampleWeightedLoss) loss).loss : loss);
    }

    private static void replaceLosses(Model net, UnaryOperator<ILossFunction> replacement) {
        for (Layer layer : layers(net)) {
            if (layer instanceof BaseOutputLayer && !(layer instanceof OCNNOutputLayer)) {
                org.deeplearning4j.nn.conf.layers.BaseOutputLayer conf =
                        (org.deeplearning4j.nn.conf.layers.BaseOutputLayer)
                                layer.conf().getLayer();
                conf.setLossFn(replacement.apply(conf.getLossFn()));
            }
        }
    }

    private static Layer[] layers(Model net) {
        checkArgument(
                net instanceof MultiLayerNetwork || net instanceof ComputationGraph,
                "ExampleWeightedLoss needs a MultiLayerNetwork or a ComputationGraph, got %s",
                net == null ? "null" : net.getClass().getName());
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayers()
                : ((ComputationGraph) net).getLayers();
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask, boolean average) {
        return loss.computeScore(labels, unscaled(preOutput, mask), activationFn, mask, average);
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
        return loss.computeScoreArray(labels, unscaled(preOutput, mask), activationFn, mask);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
        INDArray own = unscaled(preOutput, mask);
        if (mask == null) {
            return loss.computeGradient(labels, own, activationFn, null);
        }
        // DL4J-M2.1: a mask of the shape of the labels, which [1, 1] is taken for, is applied twice or refused.
        INDArray pattern = isPerExample(mask) ? null : mask.neq(0).castTo(own.dataType());
        INDArray gradient = loss.computeGradient(labels, own, activationFn, pattern);
        LossUtil.applyMask(gradient, mask);
        return gradient;
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activationFn, mask, average),
                computeGradient(labels, preOutput, activationFn, mask));
    }

    private static boolean isPerExample(INDArray mask) {
        return mask.isColumnVectorOrScalar();
    }

    /** DL4J-M2.1: undoes the mask that BaseLayer puts on the pre-activations, which shall mask hidden layers. */
    private static INDArray unscaled(INDArray preOutput, INDArray mask) {
        if (mask == null) {
            return preOutput;
        }
        INDArray divisor = mask.castTo(preOutput.dataType()).dup();
        // The loss of a masked example is multiplied by 0, but must not be NaN.
        BooleanIndexing.replaceWhere(divisor, 1, Conditions.equals(0));
        return isPerExample(mask) ? preOutput.divColumnVector(divisor) : preOutput.div(divisor);
    }

    @Override
    public String name() {
        return loss.name();
    }

    /** Deeplearning4j compares configurations, and with them losses. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ExampleWeightedLoss && ((ExampleWeightedLoss) other).loss.equals(loss);
    }

    @Override
    public int hashCode() {
        return 31 * loss.hashCode() + 1;
    }

    @Override
    public String toString() {
        return "ExampleWeightedLoss(" + loss + ")";
    }
}
