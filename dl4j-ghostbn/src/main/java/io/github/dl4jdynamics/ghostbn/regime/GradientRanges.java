/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

/** The stretches of a network's flat gradient that are gradients: views, as long as neighbours allow. */
final class GradientRanges {
    private final INDArray flat;
    private final ImmutableList<INDArray> views;

    private GradientRanges(INDArray flat, ImmutableList<INDArray> views) {
        this.flat = flat;
        this.views = views;
    }

    static GradientRanges of(Model net) {
        INDArray flat = net.getGradientsViewArray();
        INDArray line = flat.reshape(flat.length());
        ImmutableList.Builder<INDArray> views = ImmutableList.builder();
        long start = 0;
        long end = 0;
        for (Trainable owner : parameterOwners(net)) {
            for (Map.Entry<String, INDArray> parameter : owner.paramTable(false).entrySet()) {
                long next = end + parameter.getValue().length();
                if (!isGradient(owner, parameter.getKey())) {
                    addTo(views, line, start, end);
                    start = next;
                }
                end = next;
            }
        }
        addTo(views, line, start, end);
        return new GradientRanges(flat, views.build());
    }

    private static void addTo(ImmutableList.Builder<INDArray> views, INDArray line, long start, long end) {
        if (end > start) {
            views.add(line.get(NDArrayIndex.interval(start, end)));
        }
    }

    /** In the order of the flat gradient. */
    private static List<Trainable> parameterOwners(Model net) {
        if (net instanceof MultiLayerNetwork) {
            return List.of(((MultiLayerNetwork) net).getLayers());
        }
        ComputationGraph graph = (ComputationGraph) net;
        List<Trainable> owners = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            Trainable vertex = graph.getVertices()[index];
            if (vertex.numParams() > 0) {
                owners.add(vertex);
            }
        }
        return owners;
    }

    /**
     * Not the finished updates of running statistics and class centres, nor what stands in the place of frozen parameters
     * (both have NoOp as their updater), nor that of parameters which only pretraining moves.
     */
    private static boolean isGradient(Trainable owner, String parameter) {
        TrainingConfig config = owner.getConfig();
        return owner.updaterDivideByMinibatch(parameter)
                && !(config.getUpdaterByParam(parameter) instanceof NoOp)
                && !config.isPretrainParam(parameter);
    }

    /** Whether these are views of the array the network's gradient is in now. */
    boolean areOf(Model net) {
        return net.getGradientsViewArray() == flat;
    }

    /** The Euclidean norm of all of them together. */
    double norm() {
        double norm = 0;
        for (INDArray view : views) {
            norm = Math.hypot(norm, norm(view));
        }
        return norm;
    }

    private static double norm(INDArray view) {
        boolean wide = view.dataType() == DataType.FLOAT || view.dataType() == DataType.DOUBLE;
        double norm = wide ? view.norm2Number().doubleValue() : Double.NaN;
        // Squares can leave the range of a narrow type where the values do not.
        return Double.isFinite(norm)
                ? norm
                : view.castTo(DataType.DOUBLE).norm2Number().doubleValue();
    }

    void scale(double factor) {
        for (INDArray view : views) {
            view.muli(factor);
        }
    }
}
