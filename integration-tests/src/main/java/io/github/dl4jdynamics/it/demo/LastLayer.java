/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * How the last layer of a network is trained; the other layers always alike.
 *
 * <p>The arms of Lan et al., NeurIPS 2019, section 4.2. A rate of 0 freezes the layer exactly: its velocity stays 0.
 */
enum LastLayer {
    /** Like the others. */
    STANDARD("like the others", 1, LcaPlan.MOMENTUM),
    /** Frozen at its initial weights. */
    FROZEN("frozen", 0, LcaPlan.MOMENTUM),
    /** At a tenth of the rate. */
    SLOW("rate / 10", 0.1, LcaPlan.MOMENTUM),
    /**
     * Without momentum at the full rate: {@code rate / (1 - momentum)} is that of {@link #SLOW}, so the two differ in how
     * far the layer lags behind.
     */
    NO_MOMENTUM("no momentum", 1, 0);

    private final String words;
    private final double rateFactor;
    private final double momentum;

    LastLayer(String words, double rateFactor, double momentum) {
        this.words = words;
        this.rateFactor = rateFactor;
        this.momentum = momentum;
    }

    /** Updater of the last layer where the others have this rate. */
    IUpdater updater(double rate) {
        return new Nesterovs(rateFactor * rate, momentum);
    }

    @Override
    public String toString() {
        return words;
    }
}
