/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.Locale;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;

/** One way of training a network and of allocating its loss, to be repeated under several seeds. Immutable. */
final class LcaCourse {
    /** Names of the rules whose books are compared, in their order. */
    static final ImmutableList<String> RULES = ImmutableList.of("adaptive", "trapezoid", "Simpson");

    private final LcaNetwork network;
    private final LastLayer lastLayer;
    private final double rate;
    private final int epochs;
    private final boolean validated;
    private final ImmutableList<PathRule> rules;

    private LcaCourse(
            LcaNetwork network,
            LastLayer lastLayer,
            double rate,
            int epochs,
            boolean validated,
            ImmutableList<PathRule> rules) {
        this.network = network;
        this.lastLayer = lastLayer;
        this.rate = rate;
        this.epochs = epochs;
        this.validated = validated;
        this.rules = rules;
    }

    /** The network as it is usually trained, with validation. */
    static LcaCourse standard(LcaPlan plan, LcaNetwork network) {
        return new LcaCourse(
                network,
                LastLayer.STANDARD,
                plan.rate(network),
                plan.epochs(network),
                true,
                ImmutableList.of(PathRules.adaptive()));
    }

    /** The network with a last layer that is trained in a way of its own, without validation. */
    static LcaCourse lastLayer(LcaPlan plan, LcaNetwork network, LastLayer lastLayer) {
        return new LcaCourse(
                network,
                lastLayer,
                plan.rate(network),
                plan.epochs(network),
                false,
                ImmutableList.of(PathRules.adaptive()));
    }

    /** A network whose allocations are computed by three rules along the same path. */
    static LcaCourse books(LcaPlan plan, LcaNetwork network, double rate) {
        return new LcaCourse(
                network,
                LastLayer.STANDARD,
                rate,
                plan.bookEpochs(),
                false,
                ImmutableList.of(PathRules.adaptive(), PathRules.trapezoid(), PathRules.simpson()));
    }

    LcaNetwork network() {
        return network;
    }

    LastLayer lastLayer() {
        return lastLayer;
    }

    double rate() {
        return rate;
    }

    int epochs() {
        return epochs;
    }

    /** Whether the loss of test images is allocated too. */
    boolean isValidated() {
        return validated;
    }

    /** Rules of the path integral, the adaptive one first. */
    ImmutableList<PathRule> rules() {
        return rules;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s at rate %s, last layer %s, %d epochs", network, rate, lastLayer, epochs);
    }
}
