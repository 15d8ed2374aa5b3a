/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.latent;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * An identity layer that presses its activations into k principal components: an autoencoder's code that lies after it
 * becomes a linear subspace with the directions of a PCA.
 *
 * <pre>{@code
 * C = covariance of the batch's activations X [N, d],   u_1..u_k its leading eigenvectors
 * loss + eta (trace C - sum_i u_i^T C u_i)                       gradient  (2 eta / N) (X - mean) (I - U U^T)
 *
 * .layer(new DenseLayer.Builder().nOut(64).build())
 * .layer(new LatentPcaLayer(8, 0.1))
 * .layer(new DenseLayer.Builder().nOut(256).build())
 * }</pre>
 *
 * <p>The vectors are followed from batch to batch by orthogonal iteration, constant in the gradient. The score of training
 * passes includes the penalty; that of passes in test mode does not, and these cost nothing. Vectors are not saved: after
 * loading they begin anew with the decomposition of a batch's covariance. Feed-forward activations only; with masks, put it
 * before the layer that makes sequences.
 *
 * <p>Cost per training batch: {@code N d^2} multiplications for the covariance, {@code 2 d^2 (k + 8) + 2 N d k} for vectors and
 * gradient. Li, Shi, Zhao and Lin, "Amortized Eigendecomposition for Neural Networks", NeurIPS 2024, with eta of 0 and 1.
 *
 * @since 0.1
 */
public final class LatentPcaLayer extends NoParamLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty("components")
    private final int components;

    @JsonProperty("eta")
    private final double eta;

    @JsonProperty("exact")
    private final boolean exact;

    /**
     * A layer that follows the components by orthogonal iteration.
     *
     * @param components k, at least 1 and at most the number of units
     * @param eta weight of the penalty, not negative
     */
    public LatentPcaLayer(int components, double eta) {
        this(components, eta, false);
    }

    /**
     * A layer.
     *
     * @param components k, at least 1 and at most the number of units
     * @param eta weight of the penalty, not negative
     * @param exact whether to decompose the covariance of every batch
     */
    public LatentPcaLayer(
            @JsonProperty("components") int components,
            @JsonProperty("eta") double eta,
            @JsonProperty("exact") boolean exact) {
        checkArgument(components >= 1, "number of principal components must be at least 1, got %s", components);
        checkArgument(eta >= 0 && Double.isFinite(eta), "eta of a latent PCA must not be negative, got %s", eta);
        this.components = components;
        this.eta = eta;
        this.exact = exact;
    }

    /** k. */
    public int components() {
        return components;
    }

    /** Weight of the penalty. */
    public double eta() {
        return eta;
    }

    /** Whether every batch's covariance is decomposed. */
    public boolean isExact() {
        return exact;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int layerIndex,
            INDArray parameters,
            boolean initializeParams,
            DataType networkType) {
        LatentPca layer = new LatentPca(conf, networkType);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        checkArgument(
                inputType != null && inputType.getType() == InputType.Type.FF,
                "a latent PCA (layer %s) needs feed-forward activations, got %s",
                layerIndex,
                inputType);
        long units = ((InputType.InputTypeFeedForward) inputType).getSize();
        checkArgument(
                components <= units,
                "a latent PCA (layer %s) must have at most as many components as units (%s), got %s",
                layerIndex,
                units,
                components);
        return inputType;
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return null;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        long units = inputType.arrayElementsPerExample();
        return new LayerMemoryReport.Builder(layerName, LatentPcaLayer.class, inputType, inputType)
                .standardMemory(0, 0)
                .workingMemory(0, 0, 2 * units * units, 2 * units)
                .cacheMemory(0, 0)
                .build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LatentPcaLayer
                && super.equals(other)
                && ((LatentPcaLayer) other).components == components
                && ((LatentPcaLayer) other).eta == eta
                && ((LatentPcaLayer) other).exact == exact;
    }

    @Override
    public int hashCode() {
        return 31 * components + Double.hashCode(eta);
    }
}
