/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.List;

/** Signals in topological order, addressed by position. */
final class SignalGraph {
    private final List<Signal> signals = new ArrayList<>();
    private final List<List<Integer>> consumers = new ArrayList<>();

    /** Adds a signal whose inputs are there already; gives its position. */
    int add(Signal signal) {
        int position = signals.size();
        signals.add(signal);
        consumers.add(new ArrayList<>());
        signal.inputs().forEach(input -> consumers.get(input).add(position));
        return position;
    }

    Signal get(int position) {
        return signals.get(position);
    }

    int size() {
        return signals.size();
    }

    List<Integer> consumers(int position) {
        return consumers.get(position);
    }

    /** Whether a constant per channel added here reaches nothing but means that normalisations take away. */
    boolean absorbsConstants(int position) {
        return reachesOnlyNorms(position, Signal.Passing.CONSTANTS);
    }

    /** Whether each channel reaches nothing but normalisations of its own. */
    boolean absorbsChannels(int position) {
        return reachesOnlyNorms(position, Signal.Passing.CHANNELS);
    }

    private boolean reachesOnlyNorms(int position, Signal.Passing needed) {
        return !consumers(position).isEmpty()
                && consumers(position).stream().allMatch(consumer -> {
                    Signal next = get(consumer);
                    switch (next.kind()) {
                        case NORM:
                            return true;
                        case HOMOGENEOUS:
                        case CONCATENATION:
                            return next.passing().compareTo(needed) <= 0 && reachesOnlyNorms(consumer, needed);
                        case SUM:
                            return needed == Signal.Passing.CONSTANTS
                                    && next.passing() == Signal.Passing.CONSTANTS
                                    && reachesOnlyNorms(consumer, needed);
                        default:
                            return false;
                    }
                });
    }
}
