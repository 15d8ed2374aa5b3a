/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

import static com.google.common.base.Preconditions.checkArgument;

/** A private {@code MultiLayerNetwork}. */
final class MultiLayerLoss implements LossNetwork {
    private final MultiLayerNetwork net;

    MultiLayerLoss(MultiLayerConfiguration conf, INDArray parameters) {
        net = new MultiLayerNetwork(conf);
        net.init(parameters, false);
        net.initGradientsView();
    }

    @Override
    public INDArray parameters() {
        return net.params();
    }

    @Override
    public INDArray gradient() {
        INDArray gradient = net.getGradientsViewArray();
        return gradient.reshape(gradient.length());
    }

    @Override
    public double differentiate(MultiDataSet batch) {
        DataSet data = enter(batch);
        try {
            if (data.hasMaskArrays()) {
                net.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
            }
            net.computeGradientAndScore();
            return net.score();
        } finally {
            net.clearLayerMaskArrays();
        }
    }

    @Override
    public double score(MultiDataSet batch) {
        DataSet data = enter(batch);
        try {
            return net.score(data, true);
        } finally {
            net.clearLayerMaskArrays();
        }
    }

    private DataSet enter(MultiDataSet batch) {
        DataSet data = single(batch);
        net.setInput(data.getFeatures());
        net.setLabels(data.getLabels());
        return data;
    }

    @Override
    public void check(MultiDataSet batch) {
        checkArgument(
                batch.getFeatures().length == 1 && batch.getLabels().length == 1,
                "loss data of a MultiLayerNetwork must have one features and one labels array, got %s and %s",
                batch.getFeatures().length,
                batch.getLabels().length);
    }

    private static DataSet single(MultiDataSet batch) {
        return new DataSet(
                batch.getFeatures(0),
                batch.getLabels(0),
                mask(batch.getFeaturesMaskArrays()),
                mask(batch.getLabelsMaskArrays()));
    }

    private static INDArray mask(INDArray[] masks) {
        return masks == null ? null : masks[0];
    }

    @Override
    public Model model() {
        return net;
    }

    @Override
    public void applyConstraints(int iteration, int epoch) {
        net.applyConstraints(iteration, epoch);
    }
}
