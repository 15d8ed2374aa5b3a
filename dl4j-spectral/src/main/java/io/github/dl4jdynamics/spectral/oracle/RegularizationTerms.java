/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Gradient of the regularization that Deeplearning4j adds to the score. A regularization's step at rate 1 is the gradient
 * of its score, for those applied before the updater (L1, L2) and after it (weight decay) alike.
 */
final class RegularizationTerms {
    private final Map<ParameterArray, List<Regularization>> terms = new HashMap<>();

    RegularizationTerms(Model net, ParameterMask mask) {
        int index = 0;
        for (Trainable layer : ParameterMask.layers(net)) {
            Map<String, INDArray> parameters = layer.paramTable(false);
            if (parameters == null) {
                continue;
            }
            for (String key : parameters.keySet()) {
                ParameterArray array = mask.arrays().get(index++);
                List<Regularization> regularizations = layer.getConfig().getRegularizationByParam(key);
                if (regularizations != null
                        && !regularizations.isEmpty()
                        && mask.counted().contains(array)) {
                    terms.put(array, regularizations);
                }
            }
        }
    }

    /** {@code sum += weight * gradient at the parameters}; both are flat vectors. */
    void addGradient(INDArray parameters, double weight, INDArray sum, int iteration, int epoch) {
        terms.forEach((array, regularizations) -> {
            INDArray values = parameters.get(NDArrayIndex.interval(array.offset(), array.end()));
            INDArray gradient = Nd4j.zeros(values.dataType(), values.length());
            for (Regularization term : regularizations) {
                term.apply(values, gradient, 1.0, iteration, epoch);
            }
            sum.get(NDArrayIndex.interval(array.offset(), array.end())).addi(gradient.muli(weight));
        });
    }
}
