/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;

/**
 * How the elements of a patch are dealt out to lanes: one lane for each channel, or, in a patch of a single channel,
 * many lanes for that one.
 */
final class Lanes {
    /** Wide enough for vector instructions on any machine, and short against the values of a small group. */
    private static final int OF_ONE_CHANNEL = 64;

    private final int channels;
    private final int count;

    Lanes(int channels) {
        this.channels = channels;
        this.count = channels == 1 ? OF_ONE_CHANNEL : channels;
    }

    int count() {
        return count;
    }

    int channels() {
        return channels;
    }

    /** Totals of lanes to totals of channels. */
    double[] gather(double[] lanes) {
        if (channels == count) {
            return lanes;
        }
        double sum = 0;
        for (double lane : lanes) {
            sum += lane;
        }
        return new double[] {sum};
    }

    /** Numbers of channels to numbers of lanes. */
    double[] spread(double[] ofChannels) {
        if (channels == count) {
            return ofChannels;
        }
        double[] lanes = new double[count];
        Arrays.fill(lanes, ofChannels[0]);
        return lanes;
    }
}
