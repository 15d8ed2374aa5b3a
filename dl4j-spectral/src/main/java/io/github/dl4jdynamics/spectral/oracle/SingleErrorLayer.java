/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A SameDiff layer (attention, locally connected, capsules, one's own) whose gradients are derivatives.
 *
 * <p>DL4J-M2.1: SameDiff adds the error that it is given to itself, so all gradients of such a layer, and of the layers
 * below it, are twice the derivative.
 */
final class SingleErrorLayer extends BaseWrapperLayer {
    private static final long serialVersionUID = 1L;

    SingleErrorLayer(SameDiffLayer layer) {
        super(layer);
        setLayerName(layer.getLayerName());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int layerIndex,
            INDArray parameters,
            boolean initializeParameters,
            DataType type) {
        NeuralNetConfiguration inner = conf.clone();
        inner.setLayer(underlying);
        return new Runtime(
                underlying.instantiate(inner, listeners, layerIndex, parameters, initializeParameters, type));
    }

    private static final class Runtime extends org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer {
        private static final long serialVersionUID = 1L;

        Runtime(Layer layer) {
            super(layer);
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray error, LayerWorkspaceMgr workspaces) {
            return super.backpropGradient(error.mul(0.5), workspaces);
        }
    }
}
