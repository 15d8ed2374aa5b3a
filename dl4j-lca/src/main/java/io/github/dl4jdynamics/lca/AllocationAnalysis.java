/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.HarmTest;
import io.github.dl4jdynamics.lca.math.HelpedHistogram;
import io.github.dl4jdynamics.lca.math.HelpingShares;
import io.github.dl4jdynamics.lca.math.PeakSynchronization;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What the allocations of a run tell: who helps how often, which layers hurt, whether layers learn at the same moments.
 *
 * <p>Computed when asked for, of the first data set unless said otherwise. Immutable.
 *
 * @since 0.1
 */
public final class AllocationAnalysis {
    /** Level at which a layer counts as hurting or helping, before the correction for several layers; the usual one. */
    public static final double SIGNIFICANCE = 0.05;

    private static final int SHORTEST_SEGMENT = 20;

    private final AllocationHistory history;

    AllocationAnalysis(AllocationHistory history) {
        this.history = history;
    }

    /** Share of the parameters that helped, step by step. */
    public HelpingShares helping(int data) {
        return shares(data, null);
    }

    /**
     * Share of one layer's parameters that helped, step by step.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    public HelpingShares helping(int data, String layer) {
        checkArgument(
                history.layers().contains(layer),
                "layer must be one with parameters that are followed, %s, got '%s'",
                history.layers(),
                layer);
        return shares(data, layer);
    }

    /** Of all layers with null. */
    private HelpingShares shares(int data, String layer) {
        List<long[]> rows = new ArrayList<>();
        for (AllocationStep step : history.steps()) {
            if (step.isAllocated(data)) {
                rows.add(counts(step.losses().get(data), layer));
            }
        }
        return HelpingShares.of(column(rows, 0), column(rows, 1), column(rows, 2));
    }

    private long[] counts(LossAllocation loss, String layer) {
        long[] helped = loss.helpedByArray();
        long[] hurt = loss.hurtByArray();
        long[] counts = new long[3];
        for (int a = 0; a < helped.length; a++) {
            ParameterArray array = history.arrays().get(a);
            if (layer == null || array.layer().equals(layer)) {
                counts[0] += helped[a];
                counts[1] += hurt[a];
                counts[2] += array.length() - helped[a] - hurt[a];
            }
        }
        return counts;
    }

    private static long[] column(List<long[]> rows, int index) {
        return rows.stream().mapToLong(row -> row[index]).toArray();
    }

    /** Share of the steps in which each parameter helped; of no parameter without counts, so with a mean of NaN. */
    public HelpedHistogram helpedByParameter(int data) {
        int[] helped = history.stepsHelped(data);
        int[] hurt = history.stepsHurt(data);
        int kept = 0;
        int[] keptHelped = new int[(int) countedParameters(helped.length)];
        int[] keptHurt = new int[keptHelped.length];
        for (ParameterArray array : history.arrays()) {
            for (long i = array.offset(); helped.length > 0 && i < array.end(); i++) {
                keptHelped[kept] = helped[(int) i];
                keptHurt[kept++] = hurt[(int) i];
            }
        }
        return HelpedHistogram.of(keptHelped, keptHurt, history.countedSteps(data));
    }

    private long countedParameters(int counts) {
        return counts == 0
                ? 0
                : history.arrays().stream().mapToLong(ParameterArray::length).sum();
    }

    /** A verdict on each layer, input first. */
    public ImmutableList<LayerVerdict> verdicts(int data) {
        ImmutableList<String> layers = history.layers();
        double[][] series = history.layerSeries(data);
        ImmutableList.Builder<LayerVerdict> verdicts = ImmutableList.builder();
        for (int l = 0; l < series.length; l++) {
            verdicts.add(new LayerVerdict(layers.get(l), HarmTest.of(series[l]), SIGNIFICANCE / series.length));
        }
        return verdicts.build();
    }

    /**
     * Whether peaks of the layers fall on the same steps more often than those of layers shifted at random around the whole
     * run. A decline that all layers share is taken for synchronization too.
     */
    public PeakSynchronization synchronization(int data) {
        return PeakSynchronization.of(history.layerSeries(data));
    }

    /**
     * The same with shifts within tenths of the run, at least 20 steps long, so that the course of training as a whole is
     * no evidence.
     */
    public PeakSynchronization synchronizationWithinSegments(int data) {
        int segment = Math.max(SHORTEST_SEGMENT, history.steps().size() / 10);
        return PeakSynchronization.of(history.layerSeries(data), PeakSynchronization.DEFAULT_DEPTH, 0, segment);
    }

    /** One line of advice for each layer that hurts, input first; empty if none does. */
    public ImmutableList<String> advice() {
        return advice(verdicts(0));
    }

    static ImmutableList<String> advice(List<LayerVerdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> !verdict.advice().isEmpty())
                .map(verdict -> String.format(
                        Locale.ROOT,
                        "%s hurts (total %+.4g, p = %.2g): %s",
                        verdict.layer(),
                        verdict.test().total(),
                        verdict.test().pHurts(),
                        verdict.advice()))
                .collect(ImmutableList.toImmutableList());
    }
}
