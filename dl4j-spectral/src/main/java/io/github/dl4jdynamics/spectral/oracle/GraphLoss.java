/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

import static com.google.common.base.Preconditions.checkArgument;

/** A private {@code ComputationGraph}. */
final class GraphLoss implements LossNetwork {
    private final ComputationGraph graph;

    GraphLoss(ComputationGraphConfiguration conf, INDArray parameters) {
        graph = new ComputationGraph(conf);
        graph.init(parameters, false);
        graph.initGradientsView();
    }

    @Override
    public INDArray parameters() {
        return graph.params();
    }

    @Override
    public INDArray gradient() {
        INDArray gradient = graph.getGradientsViewArray();
        return gradient.reshape(gradient.length());
    }

    @Override
    public double differentiate(MultiDataSet batch) {
        enter(batch);
        try {
            if (batch.hasMaskArrays()) {
                graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
            }
            graph.computeGradientAndScore();
            return graph.score();
        } finally {
            graph.clearLayerMaskArrays();
        }
    }

    @Override
    public double score(MultiDataSet batch) {
        enter(batch);
        try {
            return graph.score(batch, true);
        } finally {
            // DL4J-M2.1: scoring leaves the masks in place, for the next batch that has none.
            graph.clearLayerMaskArrays();
        }
    }

    /** DL4J-M2.1: scoring runs the forward pass with the number of rows of the labels before these. */
    private void enter(MultiDataSet batch) {
        graph.setInputs(batch.getFeatures());
        graph.setLabels(batch.getLabels());
    }

    @Override
    public void check(MultiDataSet batch) {
        checkArgument(
                batch.getFeatures().length == graph.getNumInputArrays()
                        && batch.getLabels().length == graph.getNumOutputArrays(),
                "loss data of this ComputationGraph must have %s features and %s labels arrays, got %s and %s",
                graph.getNumInputArrays(),
                graph.getNumOutputArrays(),
                batch.getFeatures().length,
                batch.getLabels().length);
    }

    @Override
    public Model model() {
        return graph;
    }

    @Override
    public void applyConstraints(int iteration, int epoch) {
        graph.applyConstraints(iteration, epoch);
    }
}
