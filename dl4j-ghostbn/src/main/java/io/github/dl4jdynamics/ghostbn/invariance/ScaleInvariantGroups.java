/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.report.Table;
import org.deeplearning4j.nn.api.Model;

/**
 * Which parameters of a network are scale-invariant, read off its structure.
 *
 * <p>Batch normalization (or a subclass) takes the scale of its input away, in training, up to its {@code eps}. So these
 * groups of parameters can be scaled without changing the training loss:
 *
 * <ul>
 *   <li>the weights of a dense, convolution or embedding layer whose output reaches nothing but normalizations; its bias is
 *       in the group unless the normalization takes it away as well;
 *   <li>the weights of several such layers whose outputs meet in a sum;
 *   <li>gamma and beta of a normalization that reaches nothing but other normalizations.
 * </ul>
 *
 * <p>In between may be identity, ReLU, leaky, randomized and parametrized ReLU, pooling, dropout, padding, cropping,
 * upsampling, reshaping, sums, concatenation and linear layers whose bias the normalization takes away. Everything else,
 * the output layer and frozen normalizations (which use running statistics) included, ends the search and is named as the
 * reason. Groups are disjoint: of two that share an array the one of the earlier layer is kept, weights before gamma and
 * beta. Never in a group: running statistics, frozen layers.
 *
 * <p>Reads structure only, no numbers; immutable and independent of the network afterwards.
 *
 * @since 0.1
 */
public final class ScaleInvariantGroups {
    private final ImmutableList<ScaleInvariantGroup> groups;
    private final ImmutableMap<String, String> others;
    private final boolean normalized;

    private ScaleInvariantGroups(List<ScaleInvariantGroup> groups, Map<String, String> others, boolean normalized) {
        this.groups = ImmutableList.copyOf(groups);
        this.others = ImmutableMap.copyOf(others);
        this.normalized = normalized;
    }

    /**
     * Groups of a network.
     *
     * @param net an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @throws IllegalArgumentException for any other model
     * @throws IllegalStateException if it is not initialised
     */
    public static ScaleInvariantGroups of(Model net) {
        return new Search(NetworkSignals.of(net)).groups();
    }

    /** Candidates from input to output, those of weights first. */
    public ImmutableList<ScaleInvariantGroup> groups() {
        return groups;
    }

    /** All parameters in no group, as {@code layer.parameter}, each with the reason. */
    public ImmutableMap<String, String> others() {
        return others;
    }

    /** Whether the network has a batch normalization that is trained. */
    public boolean isNormalized() {
        return normalized;
    }

    /** A row per group, then a row per parameter in none. */
    public Table table() {
        Table.Builder table = Table.builder("parameters", "scale_invariant", "reason");
        groups.forEach(group -> table.row(String.join(" + ", group.parameters()), true, group.reason()));
        others.forEach((parameter, reason) -> table.row(parameter, false, reason));
        return table.build();
    }

    /** {@link #table()} in aligned columns. */
    @Override
    public String toString() {
        return table().toString();
    }

    private static final class Search {
        private final SignalGraph graph;
        private final List<WeightArray> arrays;
        private final List<ScaleInvariantGroup> groups = new ArrayList<>();
        private final Map<WeightArray, ScaleInvariantGroup> groupOf = new HashMap<>();
        private final Map<WeightArray, String> refusals = new HashMap<>();
        private final Map<String, String> remarks = new HashMap<>();
        private boolean normalized;

        Search(NetworkSignals signals) {
            graph = signals.graph();
            arrays = signals.arrays();
        }

        ScaleInvariantGroups groups() {
            grow(Signal.Kind.LINEAR);
            grow(Signal.Kind.NORM);
            Map<String, String> others = new LinkedHashMap<>();
            arrays.stream()
                    .filter(array -> !groupOf.containsKey(array))
                    .forEach(array -> others.putIfAbsent(array.toString(), reason(array)));
            return new ScaleInvariantGroups(groups, others, normalized);
        }

        private void grow(Signal.Kind kind) {
            for (int position = 0; position < graph.size(); position++) {
                Signal signal = graph.get(position);
                if (signal.kind() == kind) {
                    normalized |= kind == Signal.Kind.NORM;
                    remark(position);
                    if (kind == Signal.Kind.NORM && !signal.weights().isEmpty()) {
                        grow(position, null);
                    }
                    for (WeightArray seed : kind == Signal.Kind.LINEAR ? reversed(signal) : List.<WeightArray>of()) {
                        grow(position, seed);
                    }
                }
            }
        }

        /** The last kernel of a separable convolution first: the bias belongs to it. */
        private static List<WeightArray> reversed(Signal signal) {
            return signal.weights().reverse();
        }

        private void remark(int position) {
            Signal signal = graph.get(position);
            if (signal.kind() == Signal.Kind.LINEAR && signal.weights().isEmpty()) {
                remarks.put(signal.layer(), "frozen");
            } else if (signal.bias() != null && graph.absorbsConstants(position)) {
                refusals.put(signal.bias(), "no effect, the normalization behind it takes it away");
            }
        }

        private void grow(int position, WeightArray seed) {
            ScaleClosure closure = ScaleClosure.of(graph, position, seed);
            Signal signal = graph.get(position);
            List<WeightArray> own = seed == null ? signal.weights() : List.of(seed);
            List<WeightArray> found = new ArrayList<>(closure.parameters());
            found.sort(Comparator.comparingInt(arrays::indexOf));
            String refusal = closure.failure();
            for (WeightArray array : found) {
                ScaleInvariantGroup known = groupOf.get(array);
                if (refusal.isEmpty() && known != null) {
                    refusal = "shares " + array + " with the group " + known.name();
                }
            }
            if (refusal.isEmpty()) {
                ScaleInvariantGroup group = new ScaleInvariantGroup(found, because(closure));
                groups.add(group);
                found.forEach(array -> groupOf.put(array, group));
            } else {
                String reason = refusal;
                own.forEach(array -> refusals.putIfAbsent(array, reason));
                if (signal.bias() != null) {
                    refusals.putIfAbsent(signal.bias(), reason);
                }
            }
        }

        private static String because(ScaleClosure closure) {
            int more = closure.norms().size() - 3;
            String norms = String.join(
                    ", ", closure.norms().subList(0, Math.min(3, closure.norms().size())));
            return "normalized by " + norms + (more > 0 ? " and " + more + " more" : "");
        }

        private String reason(WeightArray array) {
            if (remarks.containsKey(array.layer())) {
                return remarks.get(array.layer());
            }
            String refusal = refusals.get(array);
            return refusal == null ? ofOtherKind(array) : refusal;
        }

        private String ofOtherKind(WeightArray array) {
            for (int position = 0; position < graph.size(); position++) {
                Signal signal = graph.get(position);
                if (signal.layer().equals(array.layer())) {
                    if (signal.kind() == Signal.Kind.NORM) {
                        return array.param().equals("gamma") || array.param().equals("beta")
                                ? "locked"
                                : "running statistic, not a weight";
                    }
                    if (signal.kind() == Signal.Kind.BARRIER) {
                        return "in " + signal.reason();
                    }
                }
            }
            return "passes a scale on and has none of its own";
        }
    }
}
