/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Optional;

import io.github.dl4jdynamics.spectral.math.MatrixNature;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;

/** How Deeplearning4j 1.0.0-M2.1 stores the weights of each layer class. */
@SuppressWarnings("deprecation") // GravesLSTM is deprecated, and found in saved models
final class WeightLayouts {
    private static final int LSTM_GATES = 4;

    private WeightLayouts() {}

    /**
     * Layout of one parameter of a layer, or nothing when it is not known to be a matrix (bias, gain, normalization,
     * custom layers, ...).
     *
     * @param conf the layer's own configuration, wrappers taken off
     * @param parameter name without the direction prefix of a bidirectional wrapper
     * @param rank number of axes of the stored array
     */
    static Optional<MatrixLayout> of(Object conf, String parameter, int rank) {
        return Optional.ofNullable(layout(conf, parameter)).filter(layout -> layout.rank() == rank);
    }

    private static MatrixLayout layout(Object conf, String parameter) {
        if (conf instanceof SelfAttentionLayer
                || conf instanceof LearnedSelfAttentionLayer
                || conf instanceof RecurrentAttentionLayer
                || conf instanceof AttentionVertex) {
            return attention(parameter);
        }
        if (conf instanceof BaseRecurrentLayer) {
            return recurrent(conf, parameter);
        }
        if (conf instanceof VariationalAutoencoder) {
            return parameter.endsWith("W") ? dense() : null;
        }
        if (conf instanceof OCNNOutputLayer) {
            return "v".equals(parameter) ? dense() : null; // w is one row of weights, r a number
        }
        if (conf instanceof SeparableConvolution2D && "pW".equals(parameter)) {
            return MatrixLayout.kernel(WeightKind.POINTWISE, 0, 1); // [out, in * multiplier, 1, 1]
        }
        return "W".equals(parameter) ? weight(conf) : null;
    }

    private static MatrixLayout recurrent(Object conf, String parameter) {
        boolean known =
                conf instanceof AbstractLSTM || conf instanceof GravesBidirectionalLSTM || conf instanceof SimpleRnn;
        // GravesBidirectionalLSTM has WF, RWF, WB, RWB.
        boolean weights = parameter.startsWith("W") || parameter.startsWith("RW");
        return known && weights ? MatrixLayout.gates(conf instanceof SimpleRnn ? 1 : LSTM_GATES) : null;
    }

    private static MatrixLayout weight(Object conf) {
        if (conf instanceof ElementWiseMultiplicationLayer) {
            return null; // a factor for each input
        }
        if (conf instanceof DepthwiseConvolution2D) {
            return MatrixLayout.columns(2, 3); // [kH, kW, in, multiplier]
        }
        if (conf instanceof SeparableConvolution2D) {
            return MatrixLayout.columns(0, 1); // [multiplier, in, kH, kW]
        }
        if (conf instanceof Deconvolution3D) {
            return MatrixLayout.kernel(WeightKind.CONVOLUTION_3D, 3, 4); // [kD, kH, kW, out, in]
        }
        if (conf instanceof Convolution3D) {
            return MatrixLayout.kernel(WeightKind.CONVOLUTION_3D, 0, 1); // [out, in, kD, kH, kW]
        }
        if (conf instanceof Deconvolution2D) {
            return MatrixLayout.kernel(WeightKind.CONVOLUTION_2D, 1, 0); // [in, out, kH, kW]
        }
        if (conf instanceof Convolution1DLayer) {
            return MatrixLayout.kernel(WeightKind.CONVOLUTION_1D, 0, 1); // [out, in, k, 1]
        }
        if (conf instanceof ConvolutionLayer) {
            return MatrixLayout.kernel(WeightKind.CONVOLUTION_2D, 0, 1); // [out, in, kH, kW]
        }
        if (conf instanceof EmbeddingLayer || conf instanceof EmbeddingSequenceLayer) {
            return MatrixLayout.inOut(WeightKind.EMBEDDING, MatrixNature.EMBEDDING); // [vocabulary, dimension]
        }
        return conf instanceof FeedForwardLayer ? dense() : null;
    }

    private static MatrixLayout attention(String parameter) {
        switch (parameter) {
            case "Wq":
            case "Wk":
            case "Wv":
                return MatrixLayout.heads();
            case "Wo":
                return MatrixLayout.inOut(WeightKind.ATTENTION, MatrixNature.LINEAR); // [heads * head size, out]
            case "W":
            case "RW":
                return MatrixLayout.gates(1); // the recurrent part of RecurrentAttentionLayer
            default:
                return null; // the learned queries are input, not weights
        }
    }

    private static MatrixLayout dense() {
        return MatrixLayout.inOut(WeightKind.DENSE, MatrixNature.LINEAR);
    }
}
