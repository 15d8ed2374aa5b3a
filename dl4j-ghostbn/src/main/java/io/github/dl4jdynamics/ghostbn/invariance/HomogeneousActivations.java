/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/** Activations with {@code f(a x) = a f(x)} for every positive {@code a}. */
final class HomogeneousActivations {

    private HomogeneousActivations() {}

    static boolean contains(IActivation activation) {
        if (activation instanceof ActivationReLU) {
            ActivationReLU relu = (ActivationReLU) activation;
            return relu.getMax() == null && (relu.getThreshold() == null || relu.getThreshold() == 0);
        }
        return activation instanceof ActivationIdentity
                || activation instanceof ActivationLReLU
                || activation instanceof ActivationRReLU
                || activation instanceof ActivationPReLU;
    }
}
