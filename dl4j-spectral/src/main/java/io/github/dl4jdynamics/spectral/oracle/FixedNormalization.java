/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Collection;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalization as the fixed affine map of its running statistics, in training mode too, with the parameters of the
 * layer it stands for.
 */
final class FixedNormalization extends BatchNormalization {
    private static final long serialVersionUID = 1L;

    private FixedNormalization() {}

    static FixedNormalization of(BatchNormalization layer) {
        FixedNormalization fixed = new FixedNormalization();
        fixed.setLayerName(layer.getLayerName());
        fixed.setNIn(layer.getNIn());
        fixed.setNOut(layer.getNOut());
        fixed.setEps(layer.getEps());
        fixed.setDecay(layer.getDecay());
        fixed.setUseLogStd(layer.isUseLogStd());
        fixed.setCnn2DFormat(layer.getCnn2DFormat());
        fixed.setLockGammaBeta(layer.isLockGammaBeta());
        fixed.setGamma(layer.getGamma());
        fixed.setBeta(layer.getBeta());
        fixed.setIUpdater(layer.getIUpdater());
        fixed.setConstraints(layer.getConstraints());
        fixed.setActivationFn(layer.getActivationFn());
        return fixed;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int layerIndex,
            INDArray parameters,
            boolean initializeParameters,
            DataType type) {
        FixedNormalizationLayer layer = new FixedNormalizationLayer(conf, type);
        layer.setListeners(listeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(parameters);
        Map<String, INDArray> table = initializer().init(conf, parameters, initializeParameters);
        layer.setParamTable(table);
        layer.setConf(conf);
        return layer;
    }
}
