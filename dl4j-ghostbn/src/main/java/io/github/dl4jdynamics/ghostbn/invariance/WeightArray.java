/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Address of one parameter array; holds neither the network nor the array, which may be replaced at any time. */
final class WeightArray {
    private final String layer;
    private final String key;
    private final String param;

    /**
     * @param layer name for people
     * @param key the network's own: the index in a stack, the vertex name in a graph
     * @param param Deeplearning4j's name, such as {@code W}
     */
    WeightArray(String layer, String key, String param) {
        this.layer = layer;
        this.key = key;
        this.param = param;
    }

    String layer() {
        return layer;
    }

    String param() {
        return param;
    }

    INDArray weights(Model net) {
        return layer(net).getParam(param);
    }

    /** Null where back-propagation did not reach. */
    INDArray gradient(Model net) {
        return net.gradient() == null ? null : net.gradient().getGradientFor(key + "_" + param);
    }

    TrainingConfig config(Model net) {
        return layer(net).getConfig();
    }

    private Layer layer(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayer(Integer.parseInt(key))
                : ((ComputationGraph) net).getLayer(key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WeightArray
                && key.equals(((WeightArray) other).key)
                && param.equals(((WeightArray) other).param);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + param.hashCode();
    }

    @Override
    public String toString() {
        return layer + "." + param;
    }
}
