/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Quadratures, and which of them the rules choose. */
class PathRulesTest {
    private static final double L0 = 2;

    /** A step from loss 2 to 1 whose allocations miss so much of the change. */
    private static List<StepBooks> off(double error) {
        return List.of(new StepBooks(2, 1, -1 - error, L0));
    }

    private static String next(PathRule rule, Quadrature current, List<StepBooks> books) {
        return rule.refine(current, books).map(Quadrature::toString).orElse("done");
    }

    static Stream<Arguments> quadratures() {
        return Stream.of(
                Arguments.of(Quadrature.left(), 0),
                Arguments.of(Quadrature.right(), 0),
                Arguments.of(Quadrature.midpoint(), 1),
                Arguments.of(Quadrature.trapezoid(), 1),
                Arguments.of(Quadrature.simpson(2), 3),
                Arguments.of(Quadrature.simpson(6), 3),
                Arguments.of(Quadrature.simpson(32), 3));
    }

    @ParameterizedTest
    @MethodSource("quadratures")
    void quadrature_isExactUpToItsDegree(Quadrature quadrature, int degree) {
        double weights = 0;
        for (int k = 0; k < quadrature.size(); k++) {
            weights += quadrature.weight(k);
            assertThat(quadrature.node(k)).isBetween(0.0, 1.0);
            assertThat(k == 0 || quadrature.node(k) > quadrature.node(k - 1)).isTrue();
            assertThat(quadrature.weightAt(quadrature.node(k))).isEqualTo(quadrature.weight(k));
        }
        assertThat(weights).isCloseTo(1, within(1e-14));
        assertThat(quadrature.weightAt(0.123)).isZero();
        for (int power = 1; power <= degree + 1; power++) {
            double integral = 0;
            for (int k = 0; k < quadrature.size(); k++) {
                integral += quadrature.weight(k) * Math.pow(quadrature.node(k), power);
            }
            double miss = Math.abs(integral - 1.0 / (power + 1));
            if (power <= degree) {
                assertThat(miss).isLessThan(1e-14);
            } else {
                assertThat(miss).isGreaterThan(1e-9);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 1, 3})
    void simpson_needsEvenSplits(int splits) {
        assertThatThrownBy(() -> PathRules.composite(splits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("splits of Simpson's rule must be even and >= 2, got " + splits);
    }

    @Test
    void fixedRules_neverRefineAndPromiseNothing() {
        for (PathRule rule : List.of(
                PathRules.left(),
                PathRules.right(),
                PathRules.midpoint(),
                PathRules.trapezoid(),
                PathRules.simpson(),
                PathRules.composite(8))) {
            assertThat(rule.refine(rule.first(), off(100))).isEmpty();
            assertThat(rule.isBalanced(off(100))).isTrue();
            assertThat(rule.fewestGradients()).isEqualTo(rule.mostGradients());
            assertThat(rule).hasToString(rule.first().toString());
        }
        assertThat(PathRules.trapezoid().fewestGradients()).isEqualTo(1);
        assertThat(PathRules.simpson().fewestGradients()).isEqualTo(2);
        assertThat(PathRules.composite(8).fewestGradients()).isEqualTo(8);
    }

    /** Tolerance 0.01 |dL| + 1e-4 L0 = 0.0102. */
    @Test
    void adaptiveRule_addsTheMidpointFirstAndThenWhatTheErrorAsksFor() {
        PathRule rule = PathRules.adaptive();

        assertThat(rule.first()).hasToString("trapezoid");
        assertThat(next(rule, Quadrature.trapezoid(), off(0.0101))).isEqualTo("done");
        assertThat(next(rule, Quadrature.trapezoid(), off(-0.0101))).isEqualTo("done");
        assertThat(next(rule, Quadrature.trapezoid(), off(0.0103))).isEqualTo("Simpson/2");
        assertThat(next(rule, Quadrature.trapezoid(), off(1e6))).isEqualTo("Simpson/2");
        assertThat(next(rule, Quadrature.simpson(2), off(0.0103))).isEqualTo("Simpson/4");
        assertThat(next(rule, Quadrature.simpson(2), off(-0.0102 * 15))).isEqualTo("Simpson/4");
        assertThat(next(rule, Quadrature.simpson(2), off(0.0102 * 17))).isEqualTo("Simpson/8");
        assertThat(next(rule, Quadrature.simpson(2), off(1e9))).isEqualTo("Simpson/32");
        assertThat(next(rule, Quadrature.simpson(32), off(1e9))).isEqualTo("done");
        assertThat(rule.isBalanced(off(0.0101))).isTrue();
        assertThat(rule.isBalanced(off(0.0103))).isFalse();
    }

    /** Tolerance of the run: 0.002 min(|change|, L0) + 2e-4 L0; an error of 1e-5 L0 is negligible. */
    @Test
    void adaptiveRule_refinesWhereTheErrorsOfTheRunAddUp() {
        PathRule rule = PathRules.adaptive();
        double room = 0.002 * L0 + 2e-4 * L0;

        for (double before : new double[] {0.9 * room, 2 * room}) {
            assertThat(next(rule, Quadrature.trapezoid(), ofRun(0.2 * room, before)))
                    .isEqualTo("Simpson/2");
            assertThat(next(rule, Quadrature.trapezoid(), ofRun(0.9e-5 * L0, before)))
                    .isEqualTo("done");
            assertThat(rule.isBalanced(ofRun(0.2 * room, before))).isTrue();
        }
        assertThat(next(rule, Quadrature.trapezoid(), ofRun(-0.2 * room, 0.9 * room)))
                .isEqualTo("done");
        assertThat(next(rule, Quadrature.trapezoid(), ofRun(0.05 * room, 0.9 * room)))
                .isEqualTo("done");
    }

    /** A step of a run whose loss has fallen by twice the first loss. */
    private static List<StepBooks> ofRun(double error, double errorBefore) {
        return List.of(new StepBooks(L0, L0 / 2, -L0 / 2 - error, L0, -2 * L0, errorBefore));
    }

    @Test
    void adaptiveRule_listensToTheWorstDataSet() {
        StepBooks good = new StepBooks(2, 1, -1, L0);
        StepBooks bad = new StepBooks(2, 1, -0.5, L0);

        assertThat(PathRules.adaptive().refine(Quadrature.trapezoid(), List.of(good, bad)))
                .isPresent();
        assertThat(PathRules.adaptive().isBalanced(List.of(good, bad))).isFalse();
        assertThat(PathRules.adaptive().isBalanced(List.of(good, good))).isTrue();
        assertThat(PathRules.reference().isBalanced(List.of(bad, good))).isFalse();
    }

    @Test
    void numbersThatAreNone_endTheRefinementUnbalanced() {
        for (PathRule rule : List.of(PathRules.adaptive(), PathRules.reference())) {
            for (StepBooks books : List.of(
                    new StepBooks(2, Double.NaN, 0, L0),
                    new StepBooks(2, 1, Double.NaN, L0),
                    new StepBooks(2, Double.POSITIVE_INFINITY, 0, L0))) {
                assertThat(books.isFinite()).isFalse();
                assertThat(rule.isBalanced(List.of(books))).isFalse();
            }
        }
        assertThat(PathRules.adaptive().refine(Quadrature.trapezoid(), List.of(new StepBooks(2, 1, Double.NaN, L0))))
                .isEqualTo(Optional.empty());
        assertThat(new StepBooks(2, 1, -1, Double.NaN).isFinite()).isTrue();
    }

    @Test
    void lossOfZero_isBalancedOnlyExactly() {
        PathRule rule = PathRules.adaptive();

        assertThat(rule.isBalanced(List.of(new StepBooks(0, 0, 0, 0)))).isTrue();
        assertThat(rule.refine(Quadrature.trapezoid(), List.of(new StepBooks(0, 0, 0, 0))))
                .isEmpty();
        assertThat(rule.isBalanced(List.of(new StepBooks(0, 0, 1e-20, 0)))).isFalse();
        assertThat(next(rule, Quadrature.simpson(2), List.of(new StepBooks(0, 0, 1e-20, 0))))
                .isEqualTo("Simpson/32");
    }

    @Test
    void referenceRule_doublesOnAnAbsoluteError() {
        PathRule rule = PathRules.reference(0.001, 8);

        assertThat(rule.first()).hasToString("Simpson/2");
        assertThat(next(rule, Quadrature.simpson(2), off(0.0009))).isEqualTo("done");
        assertThat(next(rule, Quadrature.simpson(2), off(-0.0011))).isEqualTo("Simpson/4");
        assertThat(next(rule, Quadrature.simpson(4), off(7))).isEqualTo("Simpson/8");
        assertThat(next(rule, Quadrature.simpson(8), off(7))).isEqualTo("done");
        assertThat(rule.isBalanced(off(0.0011))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "4, 5", "6, 11", "8, 11", "10, 21", "16, 23", "32, 47"})
    void caps_areKeptAndCounted(int cap, int gradients) {
        for (PathRule rule : List.of(PathRules.adaptive(0, 1e-300, cap), PathRules.reference(1e-300, cap))) {
            Quadrature quadrature = rule.first();
            for (int i = 0; i < 20; i++) {
                quadrature = rule.refine(quadrature, off(10)).orElse(quadrature);
            }

            assertThat(quadrature.splits()).isEqualTo(cap);
            assertThat(rule.mostGradients()).isEqualTo(gradients);
            assertThat(rule.fewestGradients()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void settings_beyondTheirRange_areRefused() {
        assertThatThrownBy(() -> PathRules.adaptive(-0.1, 1, 4))
                .hasMessage("relative tolerance must be >= 0, got -0.1; 0.01 is the default");
        assertThatThrownBy(() -> PathRules.adaptive(Double.NaN, 1, 4))
                .hasMessage("relative tolerance must be >= 0, got NaN; 0.01 is the default");
        assertThatThrownBy(() -> PathRules.adaptive(0.1, 0, 4))
                .hasMessage("absolute tolerance must be > 0, got 0.0; 1e-4 is the default");
        assertThatThrownBy(() -> PathRules.adaptive(0.1, 1, 5))
                .hasMessage("most splits must be even and >= 2, got 5; 32 is the default");
        assertThatThrownBy(() -> PathRules.reference(0, 4))
                .hasMessage("threshold of the reference rule must be > 0, got 0.0; 0.001 is the default");
        assertThatThrownBy(() -> PathRules.reference(0.1, 0))
                .hasMessage("most splits must be even and >= 2, got 0; 32 is the default");
    }

    @Test
    void texts_sayWhatIsDone() {
        assertThat(PathRules.adaptive())
                .hasToString(
                        "adaptive (trapezoid to Simpson/32, |error| <= 0.01 |dL| + 1.0E-4 L0; |sum of errors| <= 0.002 "
                                + "min(|Lt - L0|, L0) + 2.0E-4 L0 where |error| > 1.0E-5 L0)");
        assertThat(PathRules.reference()).hasToString("reference adaptive (Simpson/2 to 32, |error| <= 0.001)");
        assertThat(PathRules.simpson()).hasToString("Simpson/2");
        assertThat(new StepBooks(2, 1, -0.5, L0)).hasToString("loss 2.0 -> 1.0, allocated -0.5, error -0.5");
    }

    @Test
    void books_keepTheirNumbers() {
        StepBooks books = new StepBooks(2, 1.5, -0.25, 4);

        assertThat(books.lossBefore()).isEqualTo(2);
        assertThat(books.lossAfter()).isEqualTo(1.5);
        assertThat(books.allocated()).isEqualTo(-0.25);
        assertThat(books.change()).isEqualTo(-0.5);
        assertThat(books.error()).isEqualTo(-0.25);
        assertThat(books.tolerance(0.1, 0.01)).isCloseTo(0.09, within(1e-15));
    }
}
