/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense layer without a trained layer below it, which does not compute the error that nobody would take.
 *
 * <p>DL4J-M2.1: its own layer does. That is a matrix product as large as the one of the forward pass, and the lowest layer is
 * often the widest.
 */
final class BottomDense extends BaseWrapperLayer {
    private static final long serialVersionUID = 1L;

    private BottomDense(DenseLayer layer) {
        super(layer);
        setLayerName(layer.getLayerName());
    }

    static void replaceIn(MultiLayerConfiguration conf) {
        for (int i = 0; i < conf.getConfs().size(); i++) {
            boolean lowest = i == 0 || conf.getConf(i - 1).getLayer() instanceof FrozenLayer;
            if (lowest && conf.getInputPreProcess(i) == null) {
                replaceIn(conf.getConf(i));
            }
        }
    }

    static void replaceIn(ComputationGraphConfiguration conf) {
        conf.getVertices().forEach((name, vertex) -> {
            List<String> inputs = conf.getVertexInputs().get(name);
            if (vertex instanceof LayerVertex
                    && ((LayerVertex) vertex).getPreProcessor() == null
                    && inputs.size() == 1
                    && takesNoError(inputs.get(0), conf)) {
                replaceIn(((LayerVertex) vertex).getLayerConf());
            }
        });
    }

    /** Whether an input of a layer goes to that layer alone and passes no errors on: the framework adds up those of several. */
    private static boolean takesNoError(String input, ComputationGraphConfiguration conf) {
        GraphVertex vertex = conf.getVertices().get(input);
        boolean lowest = conf.getNetworkInputs().contains(input)
                || vertex instanceof LayerVertex
                        && ((LayerVertex) vertex).getLayerConf().getLayer() instanceof FrozenLayer;
        long takers = conf.getVertexInputs().values().stream()
                .mapToLong(inputs -> Collections.frequency(inputs, input))
                .sum();
        return lowest && takers == 1;
    }

    private static void replaceIn(NeuralNetConfiguration conf) {
        if (conf.getLayer().getClass() == DenseLayer.class && !((DenseLayer) conf.getLayer()).hasLayerNorm()) {
            conf.setLayer(new BottomDense((DenseLayer) conf.getLayer()));
        }
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
        Runtime layer = new Runtime(inner, type);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(parameters);
        Map<String, INDArray> table = underlying.initializer().init(inner, parameters, initializeParameters);
        layer.setParamTable(table);
        return layer;
    }

    private static final class Runtime extends org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer {
        private static final long serialVersionUID = 1L;

        Runtime(NeuralNetConfiguration conf, DataType type) {
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
}
