/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runtime of {@link BottomDense}.
 *
 * <pre>{@code
 * delta = error * f'(z),   dL/dW = x^T delta,   dL/db = sum_n delta_n        and no W delta^T
 * }</pre>
 */
final class BottomDenseLayer extends DenseLayer {
    private static final long serialVersionUID = 1L;

    BottomDenseLayer(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray error, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray z = preOutput(true, workspaces);
        INDArray delta = layerConf().getActivationFn().backprop(z, error).getFirst();
        if (maskArray != null) {
            applyMask(delta);
        }
        Gradient gradient = new DefaultGradient();
        if (hasBias()) {
            INDArray bias = gradientViews.get(DefaultParamInitializer.BIAS_KEY);
            delta.sum(bias, 0);
            gradient.setGradientFor(DefaultParamInitializer.BIAS_KEY, bias);
        }
        INDArray weights = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
        Nd4j.gemm(input.castTo(weights.dataType()), delta, weights, true, false, 1, 0);
        gradient.setGradientFor(DefaultParamInitializer.WEIGHT_KEY, weights);
        return new Pair<>(gradient, null);
    }
}
