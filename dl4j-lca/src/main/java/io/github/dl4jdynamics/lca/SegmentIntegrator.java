/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.Quadrature;
import io.github.dl4jdynamics.lca.math.StepBooks;
import io.github.dl4jdynamics.lca.nd4j.AllocationPass;
import io.github.dl4jdynamics.lca.nd4j.AllocationSums;
import io.github.dl4jdynamics.lca.nd4j.PathSegment;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.nd4j.linalg.api.ndarray.INDArray;

import static com.google.common.base.Preconditions.checkState;

/**
 * Integrates the gradient along one straight segment by a {@link PathRule}, for all data sets at the same nodes.
 *
 * <pre>{@code
 * gbar = a S + b G,   S = g(0) + sum over inner nodes c_k g(s_k),   G = g(1)
 * }</pre>
 *
 * <p>S is summed up in one vector. A finer Simpson rule gives its old inner nodes half of their former share of g(0), so
 * those whose coefficient changes are computed once more rather than kept in a vector of their own, and all of them if
 * the finer rule leaves one out; the loss at the end and the gradient there are kept for the next segment.
 */
final class SegmentIntegrator {
    private final LossOracle oracle;
    private final PathRule rule;
    private final List<TrackedLoss> losses;
    private final AllocationPass pass;
    private final Supplier<AllocationSums> zeros;
    private final double[] initialLosses;

    /** Of all steps so far, for each data set. */
    private final double[] changes;

    private final double[] errors;

    private final SortedMap<Double, Double> coefficients = new TreeMap<>();
    private Quadrature quadrature;
    private double ofInside;
    private double ofEnd;
    private boolean startKnown;
    private boolean endKnown;

    /** Whether the path began or the latest segment led to where a loss or its gradient is no number. */
    private boolean lost;

    private int gradients;
    private long mostGradients;
    private List<StepBooks> books = List.of();
    private List<AllocationSums> sums = List.of();
    private List<PathSegment> segments = List.of();

    SegmentIntegrator(
            LossOracle oracle,
            PathRule rule,
            List<TrackedLoss> losses,
            AllocationPass pass,
            Supplier<AllocationSums> zeros) {
        this.oracle = oracle;
        this.rule = rule;
        this.losses = losses;
        this.pass = pass;
        this.zeros = zeros;
        this.initialLosses = new double[losses.size()];
        this.changes = new double[losses.size()];
        this.errors = new double[losses.size()];
        Arrays.fill(initialLosses, Double.NaN);
    }

    /** Begins a path. After one that was lost, forward passes tell whether gradients are of any use. */
    void begin(INDArray from) {
        oracle.moveTo(from);
        segments = List.of(); // of a step that was given up
        startKnown = true;
        if (lost && !beginsFinite()) {
            return;
        }
        for (int i = 0; i < losses.size(); i++) {
            losses.get(i).begin(oracle);
            if (!Double.isFinite(initialLosses[i])) {
                initialLosses[i] = losses.get(i).loss();
            }
        }
        lost = !isFinite();
    }

    /** Losses up to the first one that is no number. */
    private boolean beginsFinite() {
        boolean finite = true;
        for (TrackedLoss loss : losses) {
            if (finite) {
                finite = loss.beginsFinite(oracle);
            } else {
                loss.lose();
            }
        }
        return finite;
    }

    /** Whether the path can go on from where it is. */
    boolean isFinite() {
        return losses.stream().allMatch(loss -> Double.isFinite(loss.loss()));
    }

    /**
     * Chooses the quadrature and computes what it needs.
     *
     * @return whether all losses and allocations are numbers
     * @throws IllegalStateException if the rule goes on beyond the gradients or refinements that it promises at most
     */
    boolean integrate(INDArray from, INDArray to) {
        gradients = 0;
        mostGradients = rule.mostGradients() + (startKnown ? 0L : 1L);
        int refinements = 0;
        coefficients.clear();
        if (startKnown) {
            coefficients.put(0.0, 1.0);
        }
        quadrature = rule.first();
        reachEnd(to);
        books = evaluate(from, to);
        while (books.stream().allMatch(StepBooks::isFinite)) {
            Optional<Quadrature> finer = rule.refine(quadrature, books);
            if (finer.isEmpty()) {
                return true;
            }
            refinements++;
            checkBound(refinements);
            quadrature = finer.get();
            books = evaluate(from, to);
        }
        lost = true;
        segments = List.of();
        return false;
    }

    /** A rule that never has enough would hold up training for ever. */
    private void checkBound(long taken) {
        checkState(
                taken <= mostGradients,
                "rule '%s' must end a step within the mostGradients() it promises, %s, got %s gradients or refinements and "
                        + "quadrature %s; let refine(..) return empty, or promise more",
                rule,
                rule.mostGradients(),
                taken,
                quadrature);
    }

    private void countGradient() {
        checkBound(gradients + 1L);
        gradients++;
    }

    /** A rule whose only node is inside the segment needs no gradient at the ends. */
    private void reachEnd(INDArray to) {
        oracle.moveTo(to);
        endKnown = quadrature.size() > 1 || quadrature.node(0) == 0 || quadrature.node(0) == 1;
        if (endKnown) {
            countGradient();
        }
        for (TrackedLoss loss : losses) {
            if (endKnown) {
                loss.reachEnd(oracle);
            } else {
                loss.reachEndWithoutGradient(oracle);
            }
        }
    }

    private List<StepBooks> evaluate(INDArray from, INDArray to) {
        if (!coefficients.keySet().stream().allMatch(node -> quadrature.weightAt(node) != 0)
                || coefficients.isEmpty()) {
            losses.forEach(loss -> loss.inside().assign(0));
            coefficients.clear();
        }
        ofInside = quadrature.weightAt(0) == 0 ? 1 : quadrature.weightAt(0);
        ofEnd = quadrature.weightAt(1);
        for (int k = 0; k < quadrature.size(); k++) {
            double node = quadrature.node(k);
            double coefficient = quadrature.weight(k) / ofInside;
            double missing = coefficient - coefficients.getOrDefault(node, 0.0);
            if (node < 1 && Math.abs(missing) > 1e-9) {
                countGradient();
                oracle.moveTo(from, to, node);
                losses.forEach(loss -> oracle.addGradient(loss.data(), missing, loss.inside()));
                coefficients.put(node, coefficient);
            }
        }
        if (ofEnd != 0 && !endKnown) {
            countGradient();
            oracle.moveTo(to);
            losses.forEach(loss -> loss.reachEnd(oracle));
            endKnown = true;
        }
        sums = new ArrayList<>();
        segments = new ArrayList<>();
        List<StepBooks> now = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            TrackedLoss loss = losses.get(i);
            AllocationSums allocated = zeros.get();
            PathSegment segment = new PathSegment(from, to, loss.inside(), ofInside, loss.end(), ofEnd);
            pass.sum(segment, allocated);
            segments.add(segment);
            sums.add(allocated);
            now.add(new StepBooks(
                    loss.loss(), loss.lossAtEnd(), allocated.total(), initialLosses[i], changes[i], errors[i]));
        }
        return now;
    }

    /**
     * Goes on to the next segment.
     *
     * @param booked data sets, from the first on, whose books count for the run
     */
    void advance(int booked) {
        segments = List.of();
        startKnown = endKnown;
        for (int i = 0; i < losses.size(); i++) {
            if (i < booked) {
                changes[i] += books.get(i).change();
                errors[i] += books.get(i).error();
            }
            losses.get(i).advance();
        }
    }

    /** The quadrature of the latest segment. */
    Quadrature quadrature() {
        return quadrature;
    }

    /** New gradients of the latest segment, on each data set. */
    int gradients() {
        return gradients;
    }

    /** Whether the latest segment's books are within what the rule promises. */
    boolean isBalanced() {
        return rule.isBalanced(books);
    }

    /** Books of the latest segment, one for each data set. */
    List<StepBooks> books() {
        return books;
    }

    /** The latest segment with the mean gradient of each loss, until the next one is entered. */
    List<PathSegment> segments() {
        return segments;
    }

    /** Allocations of the latest segment by array and unit, one for each data set. */
    List<AllocationSums> sums() {
        return sums;
    }
}
