/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;

import static org.assertj.core.api.Assertions.assertThat;

class HomogeneousActivationsTest {

    @Test
    void cappedRelu_isNotHomogeneous() {
        assertThat(HomogeneousActivations.contains(new ActivationReLU(null, null, 0.2)))
                .isTrue();
        assertThat(HomogeneousActivations.contains(new ActivationReLU(6.0, null, null)))
                .isFalse();
        assertThat(HomogeneousActivations.contains(new ActivationReLU(null, 0.5, null)))
                .isFalse();
        assertThat(Stream.of(Activation.values())
                        .filter(a -> HomogeneousActivations.contains(a.getActivationFunction())))
                .containsExactlyInAnyOrder(
                        Activation.IDENTITY, Activation.RELU, Activation.LEAKYRELU, Activation.RRELU);
    }
}
