/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Score and gradient of a network's regularization. A regularization's step at rate 1 is the gradient of its score, for
 * those applied before the updater (L1, L2) and after it (weight decay) alike.
 *
 * <p>DL4J-M2.1: the framework's score leaves out the regularization of SameDiff layers and vertices, which its updater
 * applies; here it is in both.
 */
final class RegularizationTerms {
    private final Map<ParameterArray, List<Regularization>> terms = new LinkedHashMap<>();
    private final int iteration;
    private final int epoch;

    RegularizationTerms(Model net, ParameterMask mask, int iteration, int epoch) {
        this.iteration = iteration;
        this.epoch = epoch;
        List<Trainable> layers = ParameterMask.layersWithParameters(net);
        for (ParameterArray array : mask.counted()) {
            List<Regularization> regularizations =
                    layers.get(array.layerIndex()).getConfig().getRegularizationByParam(array.key());
            if (regularizations != null && !regularizations.isEmpty()) {
                terms.put(array, ConfigurationCopy.of(new ArrayList<>(regularizations)));
            }
        }
    }

    /** The sum over all parameters that count. */
    double score(INDArray parameters) {
        double sum = 0;
        for (Map.Entry<ParameterArray, List<Regularization>> entry : terms.entrySet()) {
            ParameterArray array = entry.getKey();
            INDArray values = values(parameters, array).reshape(array.order(), array.shape());
            for (Regularization term : entry.getValue()) {
                sum += term.score(values, iteration, epoch);
            }
        }
        return sum;
    }

    /** {@code sum += weight * gradient at the parameters}; both are flat vectors. */
    void addGradient(INDArray parameters, double weight, INDArray sum) {
        terms.forEach((array, regularizations) -> {
            INDArray values = values(parameters, array);
            INDArray gradient = Nd4j.zeros(values.dataType(), values.length());
            for (Regularization term : regularizations) {
                term.apply(values, gradient, 1.0, iteration, epoch);
            }
            values(sum, array).addi(gradient.muli(weight));
        });
    }

    private static INDArray values(INDArray flat, ParameterArray array) {
        return flat.get(NDArrayIndex.interval(array.offset(), array.end()));
    }
}
