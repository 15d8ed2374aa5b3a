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
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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
            if (lowest && isPlain(conf.getConf(i))) {
                replaceIn(conf.getConf(i));
                conf.getInputPreProcessors().computeIfPresent(i, (layer, before) -> new ForwardPreProcessor(before));
            }
        }
    }

    static void replaceIn(ComputationGraphConfiguration conf) {
        conf.getVertices().forEach((name, vertex) -> {
            List<String> inputs = conf.getVertexInputs().get(name);
            if (vertex instanceof LayerVertex && inputs.size() == 1 && takesNoError(inputs.get(0), conf)) {
                replaceIn((LayerVertex) vertex);
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

    private static void replaceIn(LayerVertex vertex) {
        if (isPlain(vertex.getLayerConf())) {
            replaceIn(vertex.getLayerConf());
            if (vertex.getPreProcessor() != null) {
                vertex.setPreProcessor(new ForwardPreProcessor(vertex.getPreProcessor()));
            }
        }
    }

    private static boolean isPlain(NeuralNetConfiguration conf) {
        return conf.getLayer().getClass() == DenseLayer.class && !((DenseLayer) conf.getLayer()).hasLayerNorm();
    }

    private static void replaceIn(NeuralNetConfiguration conf) {
        conf.setLayer(new BottomDense((DenseLayer) conf.getLayer()));
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
        BottomDenseLayer layer = new BottomDenseLayer(inner, type);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(parameters);
        Map<String, INDArray> table = underlying.initializer().init(inner, parameters, initializeParameters);
        layer.setParamTable(table);
        return layer;
    }
}
