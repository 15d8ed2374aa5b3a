/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;

/** All runs of section lca, by what they are for. Immutable. */
final class LcaResults {
    private final LcaPlan plan;
    private final ImmutableListMultimap<LcaNetwork, LcaRuns> byLastLayer;
    private final ImmutableList<LcaRuns> books;

    private LcaResults(LcaPlan plan, ImmutableListMultimap<LcaNetwork, LcaRuns> byLastLayer, List<LcaRuns> books) {
        this.plan = plan;
        this.byLastLayer = byLastLayer;
        this.books = ImmutableList.copyOf(books);
    }

    /** Trains everything that the plan asks for. */
    static LcaResults of(LcaPlan plan, PrintStream out) {
        ImmutableListMultimap.Builder<LcaNetwork, LcaRuns> runs = ImmutableListMultimap.builder();
        for (LcaNetwork network : plan.networks()) {
            for (LastLayer lastLayer : plan.lastLayers(network)) {
                LcaCourse course = lastLayer == LastLayer.STANDARD
                        ? LcaCourse.standard(plan, network)
                        : LcaCourse.lastLayer(plan, network, lastLayer);
                runs.put(network, LcaRuns.train(plan, course, out));
            }
        }
        List<LcaRuns> books = new ArrayList<>();
        for (LcaNetwork network : plan.bookNetworks()) {
            for (double rate : plan.bookRates()) {
                books.add(LcaRuns.train(plan, LcaCourse.books(plan, network, rate), out));
            }
        }
        return new LcaResults(plan, runs.build(), books);
    }

    LcaPlan plan() {
        return plan;
    }

    /** Each network as it is usually trained. */
    ImmutableList<LcaRuns> standard() {
        return plan.networks().stream()
                .map(network -> byLastLayer.get(network).get(0))
                .collect(ImmutableList.toImmutableList());
    }

    /** Networks whose last layer was trained in several ways. */
    ImmutableList<LcaNetwork> compared() {
        return plan.networks().stream()
                .filter(network -> byLastLayer.get(network).size() > 1)
                .collect(ImmutableList.toImmutableList());
    }

    /** One network, its last layer trained in one way after the other, the usual one first. */
    ImmutableList<LcaRuns> byLastLayer(LcaNetwork network) {
        return byLastLayer.get(network);
    }

    /** Runs with several rules along one path. */
    ImmutableList<LcaRuns> books() {
        return books;
    }

    /** Every run, in the order of training. */
    List<LcaRun> all() {
        return Stream.concat(byLastLayer.values().stream(), books.stream())
                .flatMap(runs -> runs.runs().stream())
                .collect(Collectors.toList());
    }
}
