/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.google.common.collect.ImmutableList;

/**
 * The smallest set of parameters that can be scaled together with a given one so that every normalisation takes the scale
 * away again.
 *
 * <p>The scale is followed forward. A normalisation ends it, a linear or homogeneous operation passes it on, and where it
 * meets other signals in a sum, these must be scaled as well: by the earliest parameters upstream of the input that lacks
 * the scale. Whatever cannot bear a scale ends the search in vain.
 */
final class ScaleClosure {
    private final SignalGraph graph;
    private final boolean[] scaled;
    private final Set<Integer> sums = new TreeSet<>();
    private final Set<WeightArray> parameters = new LinkedHashSet<>();
    private final Set<String> norms = new LinkedHashSet<>();
    private final Deque<Integer> spreading = new ArrayDeque<>();
    private String failure = "";

    private ScaleClosure(SignalGraph graph) {
        this.graph = graph;
        this.scaled = new boolean[graph.size()];
    }

    /** @param seed one of the signal's own weights, or null for all that scale it together */
    static ScaleClosure of(SignalGraph graph, int position, WeightArray seed) {
        ScaleClosure closure = new ScaleClosure(graph);
        closure.scale(position, seed);
        closure.close();
        return closure;
    }

    /** Why there is no such set, or an empty text. */
    String failure() {
        return failure;
    }

    ImmutableList<WeightArray> parameters() {
        return ImmutableList.copyOf(parameters);
    }

    /** Normalisations that take the scale away. */
    ImmutableList<String> norms() {
        return ImmutableList.copyOf(norms);
    }

    private void close() {
        while (failure.isEmpty()) {
            if (!spreading.isEmpty()) {
                spread(spreading.remove());
            } else if (!passReadySum()) {
                Integer waiting =
                        sums.stream().filter(sum -> !scaled[sum]).findFirst().orElse(null);
                if (waiting == null) {
                    return;
                }
                require(earliestUnscaledInput(waiting));
            }
        }
    }

    private boolean passReadySum() {
        for (int sum : sums) {
            if (!scaled[sum] && graph.get(sum).inputs().stream().allMatch(input -> scaled[input])) {
                mark(sum);
                return true;
            }
        }
        return false;
    }

    /** The earliest, for a later one may hang on it: x in x + f(x). */
    private int earliestUnscaledInput(int sum) {
        return graph.get(sum).inputs().stream()
                .filter(input -> !scaled[input])
                .min(Integer::compare)
                .orElseThrow();
    }

    private void spread(int position) {
        List<Integer> consumers = graph.consumers(position);
        if (consumers.isEmpty()) {
            fail("its scale reaches the network's output '"
                    + graph.get(position).layer() + "'");
        }
        for (int consumer : consumers) {
            Signal next = graph.get(consumer);
            switch (next.kind()) {
                case NORM:
                    norms.add(next.layer());
                    break;
                case HOMOGENEOUS:
                    mark(consumer);
                    break;
                case LINEAR:
                    passThrough(consumer);
                    break;
                case SUM:
                    sums.add(consumer);
                    break;
                case CONCATENATION:
                    if (!graph.absorbsChannels(consumer)) {
                        sums.add(consumer);
                    } else {
                        norms.add("behind " + next.layer());
                    }
                    break;
                default:
                    fail("its scale reaches " + next.reason());
            }
        }
    }

    private void passThrough(int position) {
        Signal linear = graph.get(position);
        if (scaled[position]) {
            fail("layer '" + linear.layer() + "' would be scaled twice");
        } else if (linear.bias() != null && !graph.absorbsConstants(position)) {
            fail("the bias " + linear.bias() + " behind it would have to be scaled alone");
        } else {
            mark(position);
        }
    }

    private void require(int position) {
        Signal signal = graph.get(position);
        switch (signal.kind()) {
            case LINEAR:
            case NORM:
                if (signal.weights().isEmpty()) {
                    fail("in a sum it meets layer '" + signal.layer() + "', which is frozen or locked");
                } else {
                    scale(position, null);
                }
                break;
            case HOMOGENEOUS:
                require(signal.inputs().get(0));
                break;
            case SUM:
            case CONCATENATION:
                sums.add(position);
                require(earliestUnscaledInput(position));
                break;
            case INPUT:
                fail("in a sum it meets the network's input '" + signal.layer() + "'");
                break;
            default:
                fail("in a sum it meets " + signal.reason());
        }
    }

    private void scale(int position, WeightArray seed) {
        Signal signal = graph.get(position);
        if (signal.kind() == Signal.Kind.NORM) {
            parameters.addAll(signal.weights());
        } else {
            parameters.add(seed == null ? last(signal.weights()) : seed);
            if (signal.bias() != null && !graph.absorbsConstants(position)) {
                parameters.add(signal.bias());
            }
        }
        mark(position);
    }

    /** Of a separable convolution the point-wise kernel, which is the one the bias is added to. */
    private static WeightArray last(List<WeightArray> weights) {
        return weights.get(weights.size() - 1);
    }

    private void mark(int position) {
        scaled[position] = true;
        spreading.add(position);
    }

    private void fail(String reason) {
        if (failure.isEmpty()) {
            failure = reason;
        }
    }
}
