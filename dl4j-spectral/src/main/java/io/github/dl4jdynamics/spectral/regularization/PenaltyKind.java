/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.function.DoubleFunction;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalty;

/** Penalties by name, as saved models hold them. */
enum PenaltyKind {
    NUCLEAR_NORM(parameter -> SpectralPenalties.nuclearNorm()),
    KY_FAN_NORM(parameter -> SpectralPenalties.kyFanNorm((int) parameter)),
    SPECTRAL_NORM(parameter -> SpectralPenalties.spectralNorm()),
    SCHATTEN_NORM(SpectralPenalties::schattenNorm),
    STABLE_RANK(parameter -> SpectralPenalties.stableRank()),
    TAIL_ENERGY(parameter -> SpectralPenalties.tailEnergy((int) parameter)),
    CONDITION_NUMBER(parameter -> SpectralPenalties.conditionNumber());

    private final DoubleFunction<SpectralPenalty> factory;

    PenaltyKind(DoubleFunction<SpectralPenalty> factory) {
        this.factory = factory;
    }

    /** The penalty with its rank or exponent, if it has one. */
    SpectralPenalty with(double parameter) {
        return factory.apply(parameter);
    }
}
